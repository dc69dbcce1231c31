/* SPDX-License-Identifier: MIT */
/* The families of cases: each stands in FAMILY/FAMILY.c. */
#ifndef FAMILIES_H
#define FAMILIES_H

#include "result/case.h"

extern const struct family echo_family, load_family, process_family,
    daemon_family, lifecycle_family, fault_family, memory_family, client_family;

#endif
