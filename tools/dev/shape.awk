# Sizes of files and functions, as a mirror. Relies on clang-format's layout: a
# function's body starts with a line that ends in "{" and has a "(" in column
# one's statement, and ends with "}" in column one.

FNR == 1 {
    if (file)
        lines[files++] = length_so_far
    file = FILENAME
    head = ""
}
{ length_so_far = FNR }
/^[A-Za-z].*\(/ { head = $0 }
/^[^ #\/}].*\{$/ || /^ .*\) \{$/ {
    if (head != "" && !start) {
        start = FNR
        title = head
    }
}
/^\}/ {
    if (start) {
        sizes[functions] = FNR - start
        where[functions++] = sprintf("%4d  %s  %s", FNR - start, FILENAME, title)
    }
    start = 0
    head = ""
}

function sort_numbers(a, n,    i, j, x) {
    for (i = 1; i < n; i++) {
        x = a[i]
        for (j = i - 1; j >= 0 && a[j] > x; j--)
            a[j + 1] = a[j]
        a[j + 1] = x
    }
}

END {
    lines[files++] = length_so_far
    for (i = 0; i < functions; i++) {
        if (sizes[i] > 60)
            long_ones++
        print where[i] | "sort -rn | head -10"
    }
    close("sort -rn | head -10")
    sort_numbers(lines, files)
    sort_numbers(sizes, functions)
    printf "files      %5d   median %3d   p90 %3d   longest %d lines\n", files,
        lines[int(files / 2)], lines[int(files * 0.9)], lines[files - 1]
    printf "functions  %5d   median %3d   p95 %3d   over 60: %.1f %%\n",
        functions, sizes[int(functions / 2)], sizes[int(functions * 0.95)],
        100 * long_ones / functions
}
