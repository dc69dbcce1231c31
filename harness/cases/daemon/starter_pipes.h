/* SPDX-License-Identifier: MIT */
/* Pipes as the standard streams of a start. */
#ifndef STARTER_PIPES_H
#define STARTER_PIPES_H

#include "result/verdict.h"

/* A pipe for each standard stream: theirs is the end that the command gets,
   ours is the other. */
struct starter_pipes {
    int ours[3], theirs[3]; /* -1: this stream is not a pipe */
    char what[3][96];       /* as /proc shows it */
};

/* Open them from stream first up to 2. false: decided (error). */
bool starter_pipes_open(struct starter_pipes *p, int first, struct verdict *v);
/* Close ours or theirs. */
void starter_pipes_close(int fd[3]);
/* In the command's process, before exec: its ends become its streams. */
int starter_pipes_become(void *pipes);

#endif
