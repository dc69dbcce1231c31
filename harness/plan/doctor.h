/* SPDX-License-Identifier: MIT */
/* What this machine allows, and what would be skipped for it. */
#ifndef DOCTOR_H
#define DOCTOR_H

/* Print it. Returns the exit status: 0, or 4 if the harness cannot work. */
int doctor_run(void);

#endif
