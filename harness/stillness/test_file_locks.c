/* SPDX-License-Identifier: MIT */
#include "stillness/file_locks.h"

#include "base/check.h"

static const char locks[] = "1: POSIX  ADVISORY  WRITE 41 fe:00:12 0 EOF\n"
                            "2: FLOCK  ADVISORY  WRITE 7 fe:00:13 0 EOF\n"
                            "2: -> FLOCK  ADVISORY  WRITE 9 fe:00:13 0 EOF\n"
                            "2:    -> FLOCK  ADVISORY  READ 10 fe:00:13 0 EOF\n"
                            "3: OFDLCK ADVISORY  WRITE -1 fe:00:14 0 0\n"
                            "3: -> POSIX  ADVISORY  WRITE 11 fe:00:14 0 0\n"
                            "4: POSIX  ADVISORY  READ 0 fe:00:15 8 16\n"
                            "4: -> POSIX  ADVISORY  WRITE 12 fe:00:15 8 16";

int main(void)
{
    CHECK_INT(file_lock_holder(locks, 9), 7);
    CHECK_INT(file_lock_holder(locks, 10), 7); /* behind another that waits */
    CHECK_INT(file_lock_holder(locks, 7), 0);  /* it holds it */
    CHECK_INT(file_lock_holder(locks, 11), 0); /* of an open file */
    CHECK_INT(file_lock_holder(locks, 12), 0); /* of another namespace */
    CHECK_INT(file_lock_holder(locks, 13), 0); /* not there */
    CHECK_INT(file_lock_holder("", 9), 0);
    return check_result();
}
