/*
 * The stack switch for AArch64 (AAPCS64 6.1: x19 to x29, the low halves of v8
 * to v15, and the control bits of FPCR survive a call).
 *
 * br and ret stand where jmp and ret stand in context_x86_64.S, and for the
 * same reason.
 */
#if defined(__aarch64__)
        .text

/* void context_swap(void **save, void *load) */
        .globl  context_swap
        .hidden context_swap
        .type   context_swap, %function
        .p2align 4
context_swap:
        .cfi_startproc
        sub     sp, sp, #176
        .cfi_adjust_cfa_offset 176
        stp     d8, d9, [sp, #16]
        stp     d10, d11, [sp, #32]
        stp     d12, d13, [sp, #48]
        stp     d14, d15, [sp, #64]
        stp     x19, x20, [sp, #80]
        .cfi_rel_offset x19, 80
        .cfi_rel_offset x20, 88
        stp     x21, x22, [sp, #96]
        .cfi_rel_offset x21, 96
        .cfi_rel_offset x22, 104
        stp     x23, x24, [sp, #112]
        .cfi_rel_offset x23, 112
        .cfi_rel_offset x24, 120
        stp     x25, x26, [sp, #128]
        .cfi_rel_offset x25, 128
        .cfi_rel_offset x26, 136
        stp     x27, x28, [sp, #144]
        .cfi_rel_offset x27, 144
        .cfi_rel_offset x28, 152
        stp     x29, x30, [sp, #160]
        .cfi_rel_offset x29, 160
        .cfi_rel_offset x30, 168
        mrs     x10, fpcr
        str     x10, [sp]

        /* Both stacks look the same here, so the unwind rules hold on. */
        mov     x9, sp
        str     x9, [x0]
        mov     sp, x1

        /* Writing FPCR is slow on many cores, and it hardly ever differs. */
        ldr     x11, [sp]
        cmp     x10, x11
        b.eq    1f
        msr     fpcr, x11
1:
        ldp     d8, d9, [sp, #16]
        ldp     d10, d11, [sp, #32]
        ldp     d12, d13, [sp, #48]
        ldp     d14, d15, [sp, #64]
        ldp     x19, x20, [sp, #80]
        ldp     x21, x22, [sp, #96]
        ldp     x23, x24, [sp, #112]
        ldp     x25, x26, [sp, #128]
        ldp     x27, x28, [sp, #144]
        ldp     x29, x30, [sp, #160]
        add     sp, sp, #176
        .cfi_def_cfa_offset 0
        .cfi_restore x19
        .cfi_restore x20
        .cfi_restore x21
        .cfi_restore x22
        .cfi_restore x23
        .cfi_restore x24
        .cfi_restore x25
        .cfi_restore x26
        .cfi_restore x27
        .cfi_restore x28
        .cfi_restore x29
        .cfi_restore x30
        br      x30
        .cfi_endproc
        .size   context_swap, . - context_swap

/* Where a new context begins, and stays: x19 is the context. Undefined x30: a
 * backtrace ends here. */
        .globl  context_boot
        .hidden context_boot
        .type   context_boot, %function
        .p2align 4
context_boot:
        .cfi_startproc
        .cfi_undefined x30
        mov     x0, x19
        bl      context_run

        /* The frame of context.c, to begin anew with. */
        adr     x30, context_boot
        sub     sp, sp, #176
        str     xzr, [sp]
        str     x19, [sp, #80]
        stp     x29, x30, [sp, #160]
        mov     x9, sp
        str     x9, [x0]
        mov     sp, x1

        mrs     x10, fpcr
        ldr     x11, [sp]
        cmp     x10, x11
        b.eq    1f
        msr     fpcr, x11
1:
        ldp     d8, d9, [sp, #16]
        ldp     d10, d11, [sp, #32]
        ldp     d12, d13, [sp, #48]
        ldp     d14, d15, [sp, #64]
        ldp     x19, x20, [sp, #80]
        ldp     x21, x22, [sp, #96]
        ldp     x23, x24, [sp, #112]
        ldp     x25, x26, [sp, #128]
        ldp     x27, x28, [sp, #144]
        ldp     x29, x30, [sp, #160]
        add     sp, sp, #176
        ret
        .cfi_endproc
        .size   context_boot, . - context_boot
#endif
        .section .note.GNU-stack, "", %progbits
