"""adoptsim: which interventions narrow the gap in access to genomic medicine, at what cost, and how sure are we?"""
