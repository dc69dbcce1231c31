/* SPDX-License-Identifier: MIT */
/* What an executable says of itself: elf(5), read by libelf. The file may be
   anything; the descriptor stays open. */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <stdbool.h>

/* True if it is an ELF file that names no interpreter, which is what loads
   shared libraries. False for a script, and for what cannot be read. */
bool elf_is_static(int fd);

/* True if it is an ELF file with a section of this name. */
bool elf_has_section(int fd, const char *name);

#endif
