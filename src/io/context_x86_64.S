/*
 * The stack switch for x86-64, System V ABI (3.2.1: what a call preserves).
 *
 * The processor predicts a ret from the calls it has seen. context_swap ends in
 * pop and jmp where one would write ret, because the call that led here was not
 * that of the stack it goes on with. context_boot goes back with a ret, without
 * a call of its own: the last unanswered call is the context_swap that came
 * here. So to start a fiber and run it to its end costs no wrong guess.
 */
#if defined(__x86_64__)
        .text

/* void context_swap(void **save, void *load) */
        .globl  context_swap
        .hidden context_swap
        .type   context_swap, @function
        .p2align 4
context_swap:
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)

        /* Both stacks look the same here, so the unwind rules hold on. */
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp

        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore rbp
        popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register rip, rcx
        jmp     *%rcx
        .cfi_endproc
        .size   context_swap, . - context_swap

/* Where a new context begins, and stays: rbx is the context. Undefined rip: a
 * backtrace ends here. */
        .globl  context_boot
        .hidden context_boot
        .type   context_boot, @function
        .p2align 4
context_boot:
        .cfi_startproc
        .cfi_undefined rip
        movq    %rbx, %rdi
        call    context_run

        /* The frame of context.c, to begin anew with. r12 to r15 are free. */
        leaq    context_boot(%rip), %rcx
        pushq   %rcx
        pushq   %rbp
        pushq   %rbx
        subq    $40, %rsp
        movl    $0x1f80, (%rsp)
        movl    $0x037f, 4(%rsp)
        movq    %rsp, (%rax)
        movq    %rdx, %rsp

        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
        .cfi_endproc
        .size   context_boot, . - context_boot
#endif
        .section .note.GNU-stack, "", %progbits
