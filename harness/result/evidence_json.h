/* SPDX-License-Identifier: MIT */
/* Evidence as one JSON object and back: "expected" and "observed" (strings),
   "facts" (array of strings), "difference" (object with "offset";
   "expected_bytes" and "observed_bytes": lengths; "expected" and "observed":
   hex dumps), and each figure under its own name, all in the order in which
   they were added. */
#ifndef EVIDENCE_JSON_H
#define EVIDENCE_JSON_H

#include "result/evidence.h"

/* NULL: no memory. A part that finds no memory is left out. */
json_t *evidence_to_json(const struct evidence *e);
/* 0, or -1 with EPROTO: then e is evidence of nothing. */
int evidence_from_json(json_t *object, struct evidence *e);
/* An integer if the figure is a whole number, else a real; or other, if that is
   set. The caller owns a reference. */
json_t *figure_to_json(const struct figure *figure);

#endif
