/*
 * The stack switch for x86-64, System V ABI (3.2.1: what a call preserves).
 *
 * It ends in pop and jmp where one would write ret: the processor predicts a
 * ret from the calls it has seen, which happened on the other stack, and a
 * wrong guess costs more than all the rest.
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

/* Where a new context begins: r12(rbx). Undefined rip: a backtrace ends. */
        .globl  context_boot
        .hidden context_boot
        .type   context_boot, @function
        .p2align 4
context_boot:
        .cfi_startproc
        .cfi_undefined rip
        movq    %rbx, %rdi
        call    *%r12
        ud2
        .cfi_endproc
        .size   context_boot, . - context_boot
#endif
        .section .note.GNU-stack, "", %progbits
