/* SPDX-License-Identifier: MIT */
/* How a job tells that the target never came up. */
#ifndef NOT_UP_H
#define NOT_UP_H

#include "target/subject.h"

/* Status 3, the reason of s, what it was started with, what it printed (or
   NULL), and a hint. It was waited for timeout_ms. */
void not_up_tell(int fd, struct subject *s, double timeout_ms,
                 const char *said);

#endif
