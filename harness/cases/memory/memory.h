/* SPDX-License-Identifier: MIT */
/* The cases of memory/. */
#ifndef MEMORY_H
#define MEMORY_H

#include "kit/context.h"

/* The cases of each file. */
extern const struct case_table memory_exit_cases;

#endif
