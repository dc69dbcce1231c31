/* SPDX-License-Identifier: MIT */
/* A process of our own to work in. What this program's number had started
   before it was executed (a shell's background jobs, the reader of a report)
   are children of this process too, and no look at them tells them from ours.
   So all work is done in a child that begins with no child at all: whatever is
   below that one is ours. */
#ifndef OWN_PROCESS_H
#define OWN_PROCESS_H

enum { OWN_PROCESS_GO = -1 };

/* Fork. Returns OWN_PROCESS_GO in the child, which adopts whatever is orphaned
   below it and ends with its parent, however that ends. In the parent: once
   the child has ended, its exit status, or STATUS_TROUBLE, after a message,
   where it could not be forked or a signal ended it. Until then the parent
   passes on to it every signal that would end a process. */
int own_process(void);

#endif
