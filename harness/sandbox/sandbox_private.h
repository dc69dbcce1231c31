/* SPDX-License-Identifier: MIT */
/* Directories that a sandbox has for itself: daemons write pid files and
   sockets into them, under fixed names, and several run at a time. */
#ifndef SANDBOX_PRIVATE_H
#define SANDBOX_PRIVATE_H

/* In the mount namespace of the sandbox: /run (and so /var/run) is empty but
   for the directories that the host has there, with their owners and modes; so
   is /tmp. Not one in which something lies that is named in keep, a list of
   paths and of words that hold some, up to NULL; of /run files alone count,
   since a name there may be that of a pid file to come. What cannot be mounted
   stays as it is: then daemons with fixed names may get into each other's way.
 */
void sandbox_private(char *const *keep);

#endif
