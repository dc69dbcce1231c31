/* SPDX-License-Identifier: MIT */
/* The figures of a crowd and its audit as JSON, by the names of the report.
   What is no finite number of seconds is null, and comes back as NAN. A
   histogram is one object: "8704": 3 says that three took 8,704 ns or more, and
   less than the next one says. */
#ifndef STRESS_JSON_H
#define STRESS_JSON_H

#include "result/results.h"

/* NULL: no memory. The caller owns the object. */
json_t *load_to_json(const struct load *l);
json_t *audit_to_json(const struct audit_summary *a); /* null if not done */

/* 0, or -1 with EPROTO. What l held is not freed; the caller calls load_free in
   either case, and frees a->leaked. */
int load_from_json(json_t *object, struct load *l);
int audit_from_json(json_t *object, struct audit_summary *a);

#endif
