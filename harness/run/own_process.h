/* SPDX-License-Identifier: MIT */
/* A process of our own to work in. Before this program was executed, its
   process may have started others (a shell's background jobs, the reader of a
   report): they are its children, and cannot be told from ours. So all work is
   done in a child, which begins with no child at all: whatever is below that
   one is ours. */
#ifndef OWN_PROCESS_H
#define OWN_PROCESS_H

enum { OWN_PROCESS_GO = -1 };

/* Fork. Returns OWN_PROCESS_GO in the child, which adopts whatever is orphaned
   below it and ends with its parent, however that ends. Returns in the parent
   once the child has ended: its exit status, or STATUS_TROUBLE, after a
   message, if it could not be forked or a signal ended it. Until then the
   parent passes on to it every signal that would end a process. The first of
   these is in *passed_on, 0 if none came: the child may have been past looking
   for it. */
int own_process(int *passed_on);

#endif
