/* SPDX-License-Identifier: MIT */
/* The pid file. Whatever else stands at its path belongs to somebody: it is
   neither written, nor given another mode, nor removed. */
#ifndef ECHO64_PID_FILE_H
#define ECHO64_PID_FILE_H

/* Create the pid file, or take over what a daemon that was killed has left
   there, lock it and write this process's number; mode 0644 whatever the umask.
   A relative path means the directory of this call, also when the file is
   removed. The lock ends with this process, not with its children. Returns 0;
   or -1, and in *why what keeps the file from being ours, to stand behind its
   name, or NULL if errno tells. If *why is set nothing has changed. */
int pid_file_write(const char *path, const char **why);

/* Remove the pid file, or empty it if this process may not remove it. Do
   nothing if there is none, if another file has taken its place, or if it holds
   another text than our number. Returns 0, or -1 with errno. */
int pid_file_remove(void);

/* In a child of the daemon: close its copy of the pid file. */
void pid_file_forget(void);

#endif
