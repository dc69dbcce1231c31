/* SPDX-License-Identifier: MIT */
/* Three questions about an ELF file. libelf takes care of both word sizes and
   byte orders, and that nothing is read outside of the file. */
#include "linux/elf_file.h"

#include <gelf.h>
#include <string.h>

/* NULL: it is no ELF file. */
static Elf *begin(int fd)
{
    Elf *e = NULL;

    if (elf_version(EV_CURRENT) != EV_NONE)
        e = elf_begin(fd, ELF_C_READ, NULL);
    if (e && elf_kind(e) == ELF_K_ELF)
        return e;
    elf_end(e);
    return NULL;
}

static bool names_interpreter(Elf *e)
{
    GElf_Phdr p;
    size_t n;

    if (elf_getphdrnum(e, &n) != 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (!gelf_getphdr(e, (int)i, &p) || p.p_type == PT_INTERP)
            return true;
    return false;
}

bool elf_is_static(int fd)
{
    Elf *e = begin(fd);
    bool is_static = e && !names_interpreter(e);

    elf_end(e);
    return is_static;
}

static bool has_section(Elf *e, const char *name)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(e, &names) != 0)
        return false;
    while ((section = elf_nextscn(e, section))) {
        const char *its = NULL;
        GElf_Shdr s;

        if (gelf_getshdr(section, &s))
            its = elf_strptr(e, names, s.sh_name);
        if (its && strcmp(its, name) == 0)
            return true;
    }
    return false;
}

bool elf_has_section(int fd, const char *name)
{
    Elf *e = begin(fd);
    bool has = e && has_section(e, name);

    elf_end(e);
    return has;
}

static bool table_defines(Elf *e, Elf_Scn *section, const GElf_Shdr *table,
                          const char *name)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
        const char *its = elf_strptr(e, table->sh_link, symbol.st_name);

        if (its && symbol.st_shndx != SHN_UNDEF && strcmp(its, name) == 0)
            return true;
    }
    return false;
}

static bool defines(Elf *e, const char *name)
{
    Elf_Scn *section = NULL;
    GElf_Shdr s;

    while ((section = elf_nextscn(e, section)))
        if (gelf_getshdr(section, &s) &&
            (s.sh_type == SHT_DYNSYM || s.sh_type == SHT_SYMTAB) &&
            table_defines(e, section, &s, name))
            return true;
    return false;
}

bool elf_defines(int fd, const char *name)
{
    Elf *e = begin(fd);
    bool does = e && defines(e, name);

    elf_end(e);
    return does;
}
