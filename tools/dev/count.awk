# Counts, from CTest's JUnit report, the tests inside each test program:
#
#     base/arena 7 0 0        name, passed, failed, skipped
#
# cmocka and node say how many; a program that says nothing is one test.


/<testcase / {
    match($0, / name="[^"]*"/)
    name = substr($0, RSTART + 7, RLENGTH - 8)
    is_failed = / status="fail"/
    is_run = is_failed || / status="run"/
    good = bad = left = 0
}
/\[  PASSED  \] [0-9]+ test/  { split($0, w, "] "); good += w[2] }
/\[  FAILED  \] [0-9]+ test/  { split($0, w, "] "); bad += w[2] }
/\[  SKIPPED \] [0-9]+ test/  { split($0, w, "] "); left += w[2] }
/^[^ a-z]+ pass [0-9]+$/      { good += $3 }
/^[^ a-z]+ (fail|cancelled) [0-9]+$/ { bad += $3 }
/^[^ a-z]+ skipped [0-9]+$/   { left += $3 }
/<\/testcase>/ {
    if (!is_run)
        left = left ? left : 1
    else if (is_failed && !bad)
        bad = 1
    else if (!is_failed && !good && !left)
        good = 1
    print name, good, bad, left
}
