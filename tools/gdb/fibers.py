"""Fibers in gdb: source tools/gdb/fibers.py, in a running program or a core.

    info fibers        all fibers of all loops: number, state, function
    fiber N [COMMAND]  runs COMMAND, or bt, where fiber N waits

and printers for str and err. A plain backtrace shows the one stack that its
thread is on; a parked fiber's frames lie on another, which we unwind to by
giving gdb the registers that context_swap has pushed there.
"""

import re

import gdb
import gdb.printing
from gdb.unwinder import Unwinder, register_unwinder

# The frame of context.c behind its control words, lowest first.
SAVED = {
    "i386:x86-64": (8, ["r15", "r14", "r13", "r12", "rbx", "rbp", "rip"], "rsp", 64),
    "aarch64": (80, ["x%d" % i for i in range(19, 30)] + ["pc"], "sp", 176),
}


def pool_of_thread():
    """The fiber pool of the selected thread's loop, or None."""
    try:
        current = gdb.parse_and_eval("'fiber.c'::current")
        if current:
            return current["pool"]
    except gdb.error:
        pass  # no such thread-local: a thread of some library
    frame = gdb.newest_frame()
    while frame is not None:
        if frame.name() == "loop_run":
            return frame.read_var("l")["fibers"]
        frame = frame.older()
    return None


def all_fibers():
    """Those that run or wait, with a number for each."""
    found = []
    selected = gdb.selected_thread()
    for thread in sorted(gdb.selected_inferior().threads(), key=lambda t: t.num):
        thread.switch()
        pool = pool_of_thread()
        fiber = pool["mapped"] if pool else 0
        while fiber:
            if str(fiber["state"]) != "FIBER_IDLE":
                found.append(fiber)
            fiber = fiber["next_mapped"]
    selected.switch()
    return found


class FiberUnwinder(Unwinder):
    """While a fiber is chosen, the frame behind the innermost is the fiber's."""

    def __init__(self):
        super().__init__("fiber")
        self.sp = None

    def __call__(self, pending):
        layout = SAVED.get(pending.architecture().name())
        if self.sp is None or layout is None:
            return None
        first, names, stack_register, size = layout
        word = gdb.lookup_type("unsigned long")
        sp, self.sp = self.sp, None  # the innermost frame only
        info = pending.create_unwind_info(FrameId(sp))
        for i, name in enumerate(names):
            at = gdb.Value(sp + first + 8 * i).cast(word.pointer())
            info.add_saved_register(name, at.dereference())
        info.add_saved_register(stack_register, gdb.Value(sp + size).cast(word))
        return info


class FrameId:
    def __init__(self, sp):
        self.sp = gdb.Value(sp)
        self.pc = gdb.Value(0)


UNWINDER = FiberUnwinder()
register_unwinder(None, UNWINDER, replace=True)


class InfoFibers(gdb.Command):
    """Lists the fibers of all loops."""

    def __init__(self):
        super().__init__("info fibers", gdb.COMMAND_STATUS)

    def invoke(self, _argument, _from_tty):
        for number, fiber in enumerate(all_fibers(), 1):
            state = str(fiber["state"])[len("FIBER_"):].lower()
            function = re.sub(r"^.*<(\w+).*$", r"\1", str(fiber["fn"]))
            cancelled = " cancelled" if fiber["is_cancelled"] else ""
            print("%4d  %-8s %s(%s)%s" % (number, state, function, fiber["argument"], cancelled))


class Fiber(gdb.Command):
    """fiber N [COMMAND]: runs COMMAND, or bt, on the stack of fiber N."""

    def __init__(self):
        super().__init__("fiber", gdb.COMMAND_STACK)

    def invoke(self, argument, _from_tty):
        number, _, command = argument.partition(" ")
        fibers = all_fibers()
        if not number.isdigit() or not 1 <= int(number) <= len(fibers):
            raise gdb.GdbError("fiber: a number from 1 to %d" % len(fibers))
        fiber = fibers[int(number) - 1]
        if str(fiber["state"]) == "FIBER_RUNNING":
            raise gdb.GdbError("fiber %s runs or is in the middle of starting another: "
                               "see the backtrace of its thread" % number)
        UNWINDER.sp = int(fiber["own"]["sp"])
        gdb.invalidate_cached_frames()
        try:
            gdb.newest_frame().older().select()
            if command:
                gdb.execute(command)
            else:
                # Frame 0 is still the thread's.
                print(gdb.execute("bt", to_string=True).split("\n#1", 1)[1].join(("#1", "")), end="")
        finally:
            UNWINDER.sp = None
            gdb.invalidate_cached_frames()


class StrPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        length = int(self.value["len"])
        return self.value["ptr"].string(length=length) if length > 0 else ""

    def display_hint(self):
        return "string"


class ErrPrinter:
    """CONFLICT: loading app.db: no such file (file.c:30)"""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        code = str(self.value["code"]).replace("ERR_", "", 1)
        messages = []
        e = self.value
        while True:
            messages.append(StrPrinter(e["message"]).to_string())
            if not e["cause"]:
                break
            e = e["cause"].dereference()
        return "%s: %s (%s:%d)" % (code, ": ".join(messages), e["file"].string(), int(e["line"]))


InfoFibers()
Fiber()
PRINTERS = gdb.printing.RegexpCollectionPrettyPrinter("tenon")
PRINTERS.add_printer("str", "^str$", StrPrinter)
PRINTERS.add_printer("err", "^err$", ErrPrinter)
gdb.printing.register_pretty_printer(None, PRINTERS, replace=True)
