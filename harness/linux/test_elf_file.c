/* SPDX-License-Identifier: MIT */
/* What is said of ELF files, real and made up, and of other files. */
#include "linux/elf_file.h"

#include "base/check.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file of those bytes. */
static int file_of(const void *bytes, size_t n)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    CHECK(fd >= 0);
    CHECK_INT(write(fd, bytes, n), n);
    return fd;
}

static bool is_static(const void *bytes, size_t n)
{
    int fd = file_of(bytes, n);
    bool result = elf_is_static(fd);

    CHECK(!elf_has_section(fd, ".text"));
    CHECK(!elf_defines(fd, "main"));
    close(fd);
    return result;
}

/* An executable of one segment, of either word size. */
struct file64 {
    Elf64_Ehdr head;
    Elf64_Phdr segment;
};
struct file32 {
    Elf32_Ehdr head;
    Elf32_Phdr segment;
};

static struct file64 file64(Elf64_Word type)
{
    return (struct file64){
        .head = {
            .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                         ELFDATA2LSB, EV_CURRENT },
            .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
            .e_ehsize = sizeof(Elf64_Ehdr), .e_phnum = 1,
            .e_phoff = sizeof(Elf64_Ehdr), .e_phentsize = sizeof(Elf64_Phdr),
        },
        .segment = { .p_type = type },
    };
}

static struct file32 file32(Elf32_Word type)
{
    return (struct file32){
        .head = {
            .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
                         ELFDATA2LSB, EV_CURRENT },
            .e_type = ET_EXEC, .e_machine = EM_386, .e_version = EV_CURRENT,
            .e_ehsize = sizeof(Elf32_Ehdr), .e_phnum = 1,
            .e_phoff = sizeof(Elf32_Ehdr), .e_phentsize = sizeof(Elf32_Phdr),
        },
        .segment = { .p_type = type },
    };
}

static void who_names_no_interpreter_is_static(void)
{
    struct file64 loads = file64(PT_LOAD), asks = file64(PT_INTERP);
    struct file32 loads32 = file32(PT_LOAD), asks32 = file32(PT_INTERP);

    CHECK(is_static(&loads, sizeof loads));
    CHECK(!is_static(&asks, sizeof asks));
    CHECK(is_static(&loads32, sizeof loads32));
    CHECK(!is_static(&asks32, sizeof asks32));
}

static void what_is_no_elf_file_is_not_static(void)
{
    struct file64 f = file64(PT_LOAD);

    CHECK(!is_static("", 0));
    CHECK(!is_static("#!/bin/sh\n", 10));
    CHECK(!is_static("!<arch>\n", 8));
    CHECK(!is_static(&f, sizeof f.head / 2));
    f.head.e_ident[EI_MAG1] = 'e';
    CHECK(!is_static(&f, sizeof f));
    CHECK(!elf_is_static(-1));
    CHECK(!elf_has_section(-1, ".text"));
    CHECK(!elf_defines(-1, "main"));
}

/* Offsets and counts that point beyond the file are not followed. */
static void a_broken_file_does_no_harm(void)
{
    struct file64 f = file64(PT_LOAD);

    f.head.e_phoff = UINT64_MAX - 8;
    f.head.e_shoff = sizeof f - 8;
    f.head.e_shnum = 0xff00 - 1;
    f.head.e_shstrndx = 0xff00 - 2;
    f.head.e_shentsize = sizeof(Elf64_Shdr);
    CHECK(!is_static(&f, sizeof f));
}

/* This test is linked to shared libraries. */
static void sections_are_found_by_name(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    CHECK(fd >= 0);
    CHECK(!elf_is_static(fd));
    CHECK(elf_has_section(fd, ".text"));
    CHECK(elf_has_section(fd, ".interp"));
    CHECK(!elf_has_section(fd, ".tex"));
    CHECK(!elf_has_section(fd, "text"));
    CHECK(!elf_has_section(fd, ".go.buildinfo"));
    CHECK(fcntl(fd, F_GETFD) >= 0);
    close(fd);
}

/* What it only uses it does not define. */
static void symbols_are_found_where_they_are_defined(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    CHECK(fd >= 0);
    CHECK(elf_defines(fd, "main"));
    CHECK(!elf_defines(fd, "mai"));
    CHECK(!elf_defines(fd, "memfd_create"));
    CHECK(!elf_defines(fd, "caml_startup"));
    close(fd);
}

int main(void)
{
    who_names_no_interpreter_is_static();
    what_is_no_elf_file_is_not_static();
    a_broken_file_does_no_harm();
    sections_are_found_by_name();
    symbols_are_found_where_they_are_defined();
    return check_result();
}
