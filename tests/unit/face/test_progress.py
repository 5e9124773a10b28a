"""The line on the terminal while a training runs."""

from io import StringIO

from rich.console import Console

from symlens.lens.progress import progress


def test_a_terminal_sees_step_and_loss():
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=80)
    with progress(show=True, console=console) as monitor:
        monitor.record(40, {"loss": -0.25, "rank": 3.0})
        monitor.record(41, {"rank": 4.0})
        console.print("between")
    shown = screen.getvalue()
    assert "step 41" in shown
    assert "between" in shown


def test_the_last_record_is_drawn():
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=80)
    with progress(show=True, console=console) as monitor:
        monitor.record(40, {"loss": -0.25})
    assert "step 40  loss -0.25" in screen.getvalue()


def test_nothing_is_drawn_where_there_is_no_terminal():
    screen = StringIO()
    with progress(show=True, console=Console(file=screen)) as monitor:
        assert monitor is None
    assert screen.getvalue() == ""


def test_nothing_is_drawn_unasked():
    screen = StringIO()
    with progress(show=False, console=Console(file=screen, force_terminal=True)) as monitor:
        assert monitor is None
    assert screen.getvalue() == ""
