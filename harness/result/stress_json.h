/* SPDX-License-Identifier: MIT */
/* The figures of a crowd and its audit as JSON, by the names of the report.
   What is no finite number of seconds is null, and comes back as NAN. */
#ifndef STRESS_JSON_H
#define STRESS_JSON_H

#include "result/results.h"

/* NULL: no memory. The caller owns the object. */
json_t *load_to_json(const struct load *l);
json_t *audit_to_json(const struct audit_summary *a); /* null if not done */

/* 0, or -1 with EPROTO. a->leaked is allocated; the caller frees it. */
int load_from_json(json_t *object, struct load *l);
int audit_from_json(json_t *object, struct audit_summary *a);

#endif
