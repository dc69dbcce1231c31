/* SPDX-License-Identifier: MIT */
/* What this machine allows, what would be skipped because of it, and what lifts
   each limit. */
#ifndef DOCTOR_H
#define DOCTOR_H

/* Print it. Returns the exit status: 0, or 4 if the harness cannot work. */
int doctor_run(void);

#endif
