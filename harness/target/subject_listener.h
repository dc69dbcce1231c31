/* SPDX-License-Identifier: MIT */
/* The listening sockets of a subject, and the process that holds them. */
#ifndef SUBJECT_LISTENER_H
#define SUBJECT_LISTENER_H

#include "target/subject.h"

/* One look: does it listen there now? Fills listener, server and backlog. */
bool subject_find(struct subject *s);
/* Add those that listen there since, and belong to it: with SO_REUSEPORT each
   worker may open one of its own. */
void subject_find_more(struct subject *s);
bool subject_listens(struct subject *s); /* the listener is still there */

/* Whether that inode is one of its listening sockets; 0 is none. */
bool subject_is_listener(const struct subject *s, unsigned long inode);
/* A descriptor by which pid holds one of them, the first that is met; -1 if it
   holds none, or may not be looked at. */
int subject_listener_fd(const struct subject *s, pid_t pid);

/* Whether it is seen on which sockets it listens. Not so where they may be on
   another machine (--connect): then nothing is known of its listen queues. */
bool subject_shows_listeners(const struct subject *s);
/* How many connections may wait in its listen queue, in the shortest where it
   has several: its backlog, or otherwise where that is 0 or not known. */
size_t subject_backlog(const struct subject *s, size_t otherwise);

/* Call each for every listening socket, on whatever address and port, that a
   process of it holds; holder is the first that does. A non-zero result of each
   ends it and is returned; -1 with errno if processes or sockets cannot be
   listed. */
typedef int subject_listener_look(const struct socket_info *i, pid_t holder,
                                  void *arg);
int subject_each_listener(const struct subject *s, subject_listener_look *each,
                          void *arg);
/* Whether there is one; where is then told where the first of them listens. */
bool subject_listens_anywhere(const struct subject *s,
                              char where[ADDRESS_TEXT]);

/* The server process has gone, and no other of its own holds the listener. */
bool subject_gone(struct subject *s);

/* Note every socket that listens at the subject's address, whoever holds it.
   Returns 0, or -1 with errno. */
int subject_find_any(struct subject *s);

/* Set s->why to where else it listens, or that it does not. */
void subject_tell_elsewhere(struct subject *s);
/* True if something listens at its address, and it cannot be seen whether a
   certain process of the target holds it; s->why says so. */
bool subject_hides(struct subject *s);

#endif
