/* SPDX-License-Identifier: MIT */
/* What an executable file says of itself: elf(5), read by libelf. The file may
   be of any kind; the descriptor stays open. */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <stdbool.h>

/* True if it is an ELF file that names no interpreter, the program that loads
   shared libraries. False for a script, and for a file that cannot be read. */
bool elf_is_static(int fd);

/* True if it is an ELF file with a section of this name. */
bool elf_has_section(int fd, const char *name);

/* True if it is an ELF file that defines a symbol of this name: one that is
   exported, or in a table that was not stripped. */
bool elf_defines(int fd, const char *name);

#endif
