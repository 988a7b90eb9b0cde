"""Whatever happens to a run, it goes on and ends with the bytes of a run that nothing happened to."""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from adoptsim.experiment import chunks, executors, plan
from adoptsim.experiment.chunks import Task, run_task
from adoptsim.experiment.errors import RunStoppedError, StoreError
from adoptsim.experiment.question import Experiment
from adoptsim.experiment.runner import Tally
from adoptsim.experiment.store import folder_of, run_experiment
from adoptsim.model.scenario import LeverUse, Scenario

TESTS = Path(__file__).parents[1]
KILLS = 10
LEVER = (LeverUse("pooled_procurement", intensity=1.0, start=2025.0),)
QUESTION = Experiment("q", (Scenario("a", quarters=2), Scenario("b", quarters=2, levers=LEVER)), worlds=4)
DRIVER = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_survival
test_survival.{{call}}
"""
Run = Callable[..., Path]


def small_chunks() -> None:
    plan.SMALLEST = 2  # worlds of a chunk, so that a run has many of them


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setattr(plan, "SMALLEST", 2)
    return lambda **options: run_experiment(QUESTION, **{"jobs": 1, "out": tmp_path, **options})


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(plan, "SMALLEST", 2)
        return bytes_of(run_experiment(QUESTION, jobs=1, out=tmp_path_factory.mktemp("whole")))


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every table of an answer."""
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def started(call: str, **options: object) -> subprocess.Popen[str]:
    """A function of this file in a process of its own."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER.format(call=call)], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
    )  # fmt: skip


# killed


def test_killed_anywhere_and_started_again(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    driver = started(f"killed_many_times({str(tmp_path)!r})")
    said, complaints = driver.communicate(timeout=240)
    assert driver.returncode == 0, complaints
    finished = [Path(line) for line in said.splitlines()]
    assert finished
    for folder in finished:
        assert bytes_of(folder) == undisturbed
        assert [path.name for path in folder.parent.iterdir()] == [folder.name]  # nothing is left beside it
        assert {path.name for path in folder.iterdir()} == {*undisturbed, "manifest.json"}


def killed_many_times(out: str) -> None:
    """Start a run in a child, kill it at a random moment, and again, until it has been killed ``KILLS`` times."""
    small_chunks()
    chance, kills, rounds = random.Random(7), 0, 0
    begun = time.monotonic()
    run_experiment(QUESTION, jobs=1, out=f"{out}/first")
    whole = time.monotonic() - begun
    while True:
        into = f"{out}/{rounds}"
        delay = chance.uniform(0.0, whole) if kills < KILLS else None
        if killed(partial(run_experiment, QUESTION, jobs=1, out=into, force=rounds % 2 == 1), delay):
            kills += 1
            continue
        print(folder_of(QUESTION, into))
        rounds += 1
        if kills >= KILLS:
            return


def killed(work: Callable[[], object], delay: float | None) -> bool:
    """Whether a child was killed before it had done its work; AssertionError if it failed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 3)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        return False
    return True


def test_killed_with_all_its_processes(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    """As a machine that loses power, or a batch system that runs out of time, does it."""
    process = started(f"in_two_processes({str(tmp_path)!r})", start_new_session=True)
    time.sleep(4.0)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    process = started(f"in_two_processes({str(tmp_path)!r})")
    _, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    assert bytes_of(folder_of(QUESTION, tmp_path)) == undisturbed


def in_two_processes(out: str) -> None:
    small_chunks()
    run_experiment(QUESTION, jobs=2, out=out)


def test_an_answer_is_kept_until_its_replacement_is_there(run: Run, undisturbed: dict[str, bytes]) -> None:
    folder = run()

    def stop(tally: Tally) -> None:
        if tally.done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(force=True, progress=stop)
    assert bytes_of(folder) == undisturbed
    assert run() == folder  # without --force the answer that is there stays
    seen: list[Tally] = []
    assert bytes_of(run(force=True, progress=seen.append)) == undisturbed
    assert seen[0].kept >= 6
    assert seen[-1] == Tally(seen[0].total, seen[0].kept, seen[0].total - seen[0].kept)


# workers that die


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    found = dict(executors.in_processes(dies_once, [(str(tmp_path), n) for n in range(6)], jobs=2))
    assert found == {n: n for n in range(6)}
    assert (tmp_path / "died").exists()


def dies_once(task: tuple[str, int]) -> int:
    mark = Path(task[0]) / "died"
    if task[1] == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task[1]


def test_workers_that_always_die_stop_the_run(tmp_path: Path) -> None:
    done: dict[int, int] = {}
    with pytest.raises(RunStoppedError, match="killed time and again"):
        done.update(executors.in_processes(dies_always, [2, 3], jobs=2))


def dies_always(task: int) -> int:
    if task == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


# two processes, damage, strangers


def test_two_processes_on_one_folder(tmp_path: Path, run: Run, undisturbed: dict[str, bytes]) -> None:
    words: list[str] = []

    def second(tally: Tally) -> None:
        if tally.done == 4:
            other = started(f"alone({str(tmp_path)!r})")
            words.append(other.communicate(timeout=60)[0])

    assert bytes_of(run(progress=second)) == undisturbed
    assert "another process is working on it" in words[0]


def alone(out: str) -> None:
    small_chunks()
    try:
        run_experiment(QUESTION, jobs=1, out=out)
    except StoreError as error:
        print(error)


def stopped_half_way(run: Run, tmp_path: Path) -> Path:
    """The folder of chunks of a run that was stopped."""

    def stop(tally: Tally) -> None:
        if tally.done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=stop)
    (folder,) = tmp_path.glob("*.unfinished/chunks")
    return folder


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [flipped, cut, emptied, Path.unlink])
@pytest.mark.parametrize("ending", [".parquet", ".nc"])
def test_a_damaged_chunk_is_told_and_run_again(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes], harm: Callable[[Path], None], ending: str
) -> None:
    folder = stopped_half_way(run, tmp_path)
    hurt = sorted(folder.glob(f"*{ending}"))[1]
    harm(hurt)
    words: list[str] = []
    assert bytes_of(run(complain=words.append)) == undisturbed
    if harm is Path.unlink and ending == ".parquet":
        assert words == []  # it is simply not there
    else:
        (told,) = words
        assert hurt.name.split(".")[0] in told
        assert "was damaged" in told


def test_a_swapped_chunk_is_not_taken_for_another(run: Run, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = stopped_half_way(run, tmp_path)
    one, other, *_ = sorted(folder.glob("*.parquet"))
    one.write_bytes(other.read_bytes())
    words: list[str] = []
    assert bytes_of(run(complain=words.append)) == undisturbed
    assert len(words) == 1


def test_a_foreign_file_stops_the_run_and_stays(run: Run, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = stopped_half_way(run, tmp_path)
    mine = folder / "notes.txt"
    mine.write_text("mine")
    with pytest.raises(StoreError, match=r"notes\.txt: is not of this run"):
        run()
    assert mine.read_text() == "mine"
    mine.rename(tmp_path.parent / "notes.txt")
    assert bytes_of(run()) == undisturbed


# disks


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    process = started(f"with_little_room({str(tmp_path)!r})")
    said, complaints = process.communicate(timeout=120)
    assert process.returncode == 0, complaints
    assert "there is no room left on the disk" in said
    assert list(tmp_path.iterdir()) == []  # no half-written chunk, and nothing else was done
    process = started(f"alone({str(tmp_path)!r})")
    process.communicate(timeout=120)
    assert bytes_of(folder_of(QUESTION, tmp_path)) == undisturbed


def with_little_room(out: str) -> None:
    """No file may be larger than 20 kB: the system refuses to write on, as it does where a disk is full."""
    small_chunks()
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        run_experiment(QUESTION, jobs=1, out=out)
    except RunStoppedError as error:
        print(error)


def test_a_folder_that_may_not_be_written(run: Run) -> None:
    with pytest.raises(StoreError, match=r"^/proc/results: cannot be written"):
        run(out="/proc/results")


def test_a_chunk_that_cannot_be_written_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "chunks/x.parquet")

    monkeypatch.setattr(chunks.pq, "write_table", refuses)
    with pytest.raises(StoreError, match=r"chunks/x\.parquet: cannot be written \(Permission denied\)"):
        run()


# the runner's own promises


def test_hidden_threads_are_limited_in_the_worker(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from threadpoolctl import threadpool_info

    from adoptsim.model.model import AdoptionModel

    seen: list[int] = []
    whole = AdoptionModel.run

    def watched(model: AdoptionModel) -> AdoptionModel:
        seen.extend(pool["num_threads"] for pool in threadpool_info())
        return whole(model)

    monkeypatch.setattr(AdoptionModel, "run", watched)
    run()
    assert seen
    assert set(seen) == {1}


@pytest.mark.parametrize("worlds", [1, 31, 100, 4_096, 20_000, 1_000_000])
@pytest.mark.parametrize("block", [1, 12, 22, 42, 600])
def test_chunks_are_whole_design_blocks(worlds: int, block: int) -> None:
    size = plan.chunk_size(worlds * block, block)
    blocks, rest = divmod(size, block)
    assert rest == 0
    assert blocks & (blocks - 1) == 0  # a power of two
    if worlds * block >= 20_000:
        assert 128 <= size <= 512 or block > 256
    else:
        assert size <= max(512, block)


def test_a_heavy_world_makes_small_chunks() -> None:
    assert plan.chunk_size(1_000_000, 1, bytes_per_world=1e6) == 64


def test_another_version_of_the_code_is_refused(tmp_path: Path) -> None:
    (chunk, *_) = plan.planned(QUESTION, plan.parts_of(QUESTION))
    with pytest.raises(RunStoppedError, match="another version of adoptsim"):
        run_task(Task(chunk, str(tmp_path), "another", {}))
    with pytest.raises(RunStoppedError, match="does not see the folder"):
        run_task(Task(chunk, str(tmp_path / "elsewhere"), "another", {}))


# what a user does meanwhile


def test_a_table_changed_during_the_run_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "SMALLEST", 2)
    table = tmp_path / "d.csv"
    right, wrong = "name,home,size\nOne,KEN,1\n", "name,home,size\nOne,KEN,3\n"
    table.write_text(right)
    asked = Experiment("own", (Scenario("a", quarters=2, generated={"distributors": str(table)}),), worlds=6)
    undisturbed = bytes_of(run_experiment(asked, jobs=1, out=tmp_path / "one"))

    def change(tally: Tally) -> None:
        if tally.done == 2:
            table.write_text(wrong)

    with pytest.raises(RunStoppedError, match=r"d\.csv: was changed while the run went on"):
        run_experiment(asked, jobs=1, out=tmp_path / "two", progress=change)
    table.write_text(right)
    assert bytes_of(run_experiment(asked, jobs=1, out=tmp_path / "two")) == undisturbed


def test_chunks_that_changed_names_are_run_again(run: Run, tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    folder = stopped_half_way(run, tmp_path)
    one, other, *_ = sorted(folder.glob("*.parquet"))
    name, another = (path.name.split(".")[0] for path in (one, other))
    one.rename(folder / "x")
    other.rename(folder / other.name.replace(another, name))
    (folder / "x").rename(folder / one.name.replace(name, another))
    words: list[str] = []
    assert bytes_of(run(complain=words.append)) == undisturbed
    assert len(words) == 2


def test_what_a_user_keeps_in_the_folder_stays(run: Run, undisturbed: dict[str, bytes]) -> None:
    folder = run()
    (folder / "notes.txt").write_text("mine")
    (folder / "export").mkdir()
    (folder / "export" / "a.csv").write_text("mine too")
    run(force=True)
    assert bytes_of(folder) == undisturbed
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "export" / "a.csv").read_text() == "mine too"
    (folder / "chunks").mkdir()
    (folder / "chunks" / "thesis.txt").write_text("years of work")
    words: list[str] = []
    run(complain=words.append)
    assert (folder / "chunks" / "thesis.txt").exists()
    assert "holds files that are not of a run; they stay there" in words[0]


def test_a_file_put_among_the_chunks_during_the_run_stays(run: Run, tmp_path: Path) -> None:
    def put(tally: Tally) -> None:
        if tally.done == 2:
            (folder,) = tmp_path.glob("*.unfinished/chunks")
            (folder / "thesis.txt").write_text("years of work")

    words: list[str] = []
    folder = run(progress=put, complain=words.append)
    assert (folder / "chunks" / "thesis.txt").exists()
    assert len(words) == 1


def test_nothing_is_left_where_nothing_was_done(run: Run, tmp_path: Path) -> None:
    def stop(_: Tally) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_another_form_of_the_question_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q-00000000.unfinished").mkdir()
    words: list[str] = []
    run(complain=words.append)
    assert "q-00000000.unfinished is left from another form of this question" in words[0]
    assert (tmp_path / "q-00000000.unfinished").is_dir()


def test_a_resume_with_other_libraries_is_told(run: Run, tmp_path: Path) -> None:
    folder = stopped_half_way(run, tmp_path)
    manifest = folder.parent / "manifest.json"
    manifest.write_text(re.sub(r'"numpy": "[^"]*"', '"numpy": "1.0"', manifest.read_text()))
    words: list[str] = []
    run(complain=words.append)
    assert words == ["numpy changed since this run was started; last digits may differ."]


# tables and figures


def test_a_full_disk_while_tables_are_drawn_leaves_it_unfinished(
    run: Run, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    def full(folder: Path) -> None:
        (folder / "tables").mkdir(exist_ok=True)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RunStoppedError, match="no room left"):
        run(finish=full)
    assert [path.suffix for path in tmp_path.iterdir()] == [".unfinished"]
    assert bytes_of(run()) == undisturbed


def test_tables_that_are_missing_are_made_when_asked_for(run: Run) -> None:
    made: list[Path] = []
    folder = run()
    run(finish=made.append)
    run(finish=made.append)
    assert made == [folder]


def test_a_kept_answer_on_a_read_only_disk_is_found(
    run: Run, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, bytes]
) -> None:
    folder = run()

    def refuses(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuses)
    assert run() == folder


@pytest.mark.parametrize("harm", [cut, emptied])
def test_a_damaged_answer_is_told(run: Run, harm: Callable[[Path], None]) -> None:
    folder = run()
    harm(folder / "outcomes.parquet")
    with pytest.raises(StoreError, match=r"outcomes\.parquet: is damaged .*--force replaces it"):
        run()


def test_a_page_that_was_flipped_is_told(run: Run) -> None:
    from adoptsim.experiment.opened import open_result

    folder = run()
    table = folder / "countries.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 3] ^= 0xFF
    table.write_bytes(content)
    with pytest.raises(StoreError, match=r"countries\.parquet: is damaged"):
        _ = open_result(folder).data
