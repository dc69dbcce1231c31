/* SPDX-License-Identifier: MIT */
/* Where reports go: written whole or not at all, and refused before the run. */
#include "report/test_sample.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

static int entries_in_directory(void)
{
    char shell[PATH_MAX + 80];
    int n = -1;
    FILE *in;

    (void)snprintf(shell, sizeof shell, "ls -A '%s' | wc -l", directory);
    in = popen(shell, "r");
    if (fscanf(in, "%d", &n) != 1)
        n = -1;
    (void)pclose(in);
    return n;
}

static void a_file_appears_whole_or_not_at_all(void)
{
    const char *path = in_directory("whole");
    int before = entries_in_directory();
    struct sink s;
    struct stat st;
    char *text;

    CHECK_INT(sink_open(&s, path), 0);
    fputs("first", s.out);
    (void)fflush(s.out);
    CHECK(access(path, F_OK) != 0);
    sink_discard(&s);
    CHECK_INT(entries_in_directory(), before);
    CHECK_INT(sink_open(&s, path), 0);
    fputs("first", s.out);
    CHECK_INT(sink_commit(&s), 0);
    CHECK_INT(chmod(path, 0604), 0);
    CHECK_INT(sink_open(&s, path), 0);
    fputs("second", s.out);
    text = read_file(path);
    CHECK_STR(text, "first");
    free(text);
    CHECK_INT(sink_commit(&s), 0);
    text = read_file(path);
    CHECK_STR(text, "second");
    free(text);
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0604);
    CHECK_INT(entries_in_directory(), before + 1);
}

static void a_symbolic_link_stays_one(void)
{
    const char *path = in_directory("whole"), *link = in_directory("link");
    struct stat st;
    struct sink s;
    char *text;

    CHECK_INT(symlink("whole", link), 0);
    CHECK_INT(sink_open(&s, link), 0);
    fputs("third", s.out);
    CHECK_INT(sink_commit(&s), 0);
    CHECK_INT(lstat(link, &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    text = read_file(path);
    CHECK_STR(text, "third");
    free(text);
}

static void check_refused(const char *path, int error)
{
    struct sink s;

    errno = 0;
    CHECK_INT(sink_open(&s, path), -1);
    CHECK_INT(errno, error);
}

static void what_cannot_be_written_is_refused_at_once(void)
{
    int status = -1;
    pid_t pid;

    check_refused(directory, EISDIR);
    check_refused(in_directory("missing/report"), ENOENT);
    check_refused(in_directory("whole/report"), ENOTDIR);
    check_refused("", ENOENT);
    CHECK_INT(mkdir(in_directory("public"), 0777), 0);
    CHECK_INT(chmod(in_directory("public"), 0777), 0);
    CHECK_INT(chmod(directory, 0711), 0);
    pid = fork();
    if (pid == 0) {
        check_failures = 0; /* root may write anywhere: be another */
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        CHECK(open(in_directory("public/readonly"), O_CREAT, 0444) != -1);
        check_refused(in_directory("public/readonly"), EACCES);
        check_refused("/proc/version", EACCES);
        check_refused("/etc/passwd", EACCES);
        check_refused("/etc/report.new", EACCES);
        _exit(check_result());
    }
    CHECK_INT(waitpid(pid, &status, 0), pid);
    CHECK_INT(status, 0);
}

static void a_fifo_is_written_in_place(void)
{
    const char *path = in_directory("fifo");
    char got[8] = "";
    struct sink s;
    int fd;

    CHECK_INT(mkfifo(path, 0600), 0);
    check_refused(path, ENXIO); /* nobody reads it */
    fd = open(path, O_RDONLY | O_NONBLOCK);
    CHECK_INT(sink_open(&s, path), 0);
    fputs("bytes", s.out);
    CHECK_INT(sink_commit(&s), 0);
    CHECK_INT(read(fd, got, sizeof got - 1), 5);
    CHECK_STR(got, "bytes");
    (void)close(fd);
}

static void a_dangling_link_leads_to_the_file(void)
{
    const char *link = in_directory("dangling");
    struct stat st;
    struct sink s;

    CHECK_INT(symlink("late", link), 0);
    CHECK_INT(sink_open(&s, link), 0);
    CHECK_INT(sink_commit(&s), 0);
    CHECK_INT(lstat(link, &st), 0);
    CHECK(S_ISLNK(st.st_mode));
    CHECK_INT(lstat(in_directory("late"), &st), 0);
    CHECK(S_ISREG(st.st_mode));
    CHECK_INT(symlink("circle", in_directory("circle")), 0);
    check_refused(in_directory("circle"), ELOOP);
}

/* A FIFO that was put at the path while the report was written. */
static void what_is_no_file_is_never_replaced(void)
{
    const char *path = in_directory("device");
    int before;
    struct stat st;
    struct sink s;

    CHECK_INT(sink_open(&s, path), 0);
    CHECK_INT(mkfifo(path, 0600), 0);
    before = entries_in_directory();
    errno = 0;
    CHECK_INT(sink_commit(&s), -1);
    CHECK_INT(errno, EEXIST);
    CHECK_INT(lstat(path, &st), 0);
    CHECK(S_ISFIFO(st.st_mode));
    CHECK_INT(entries_in_directory(), before);
}

static void check_same(const char *one, const char *other, bool same)
{
    struct sink a, b;

    CHECK_INT(sink_open(&a, one), 0);
    CHECK_INT(sink_open(&b, other), 0);
    if (sink_same(&a, &b) != same) {
        fprintf(stderr, "%s and %s\n", one, other);
        CHECK(!"one place or two, as it should be");
    }
    sink_discard(&a);
    sink_discard(&b);
}

/* A short one fails when it is flushed, a long one before. */
static void a_full_disk_is_told_as_such(void)
{
    static char text[100000];

    memset(text, 'x', sizeof text - 1);
    for (size_t from = 0; from < sizeof text; from += sizeof text - 10) {
        FILE *out = fopen("/dev/full", "w");

        CHECK_INT(fputs(text + from, out) >= 0, from > 0);
        CHECK_INT(report_flush(out), -1);
        CHECK_INT(errno, ENOSPC);
        (void)fclose(out);
    }
}

static void one_file_has_many_names(void)
{
    CHECK_INT(chdir(directory), 0);
    CHECK_INT(symlink(".", "here"), 0);
    CHECK_INT(link("whole", "hard"), 0);
    check_same("new", "./new", true);
    check_same("new", "here/new", true);
    check_same("new", in_directory("new"), true);
    check_same("new", "newer", false);
    check_same("new", "public/new", false);
    check_same("whole", "link", true);
    check_same("whole", "hard", true);
    check_same("whole", "new", false);
    check_same("-", "/dev/stdout", true);
    check_same("/dev/fd/1", "/proc/self/fd/1", true);
    check_same("/dev/fd/1", "/proc/thread-self/fd/1", true);
    check_same("/dev/null", "/dev/null", false);
    CHECK_INT(chdir("/"), 0);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    a_file_appears_whole_or_not_at_all();
    a_symbolic_link_stays_one();
    what_cannot_be_written_is_refused_at_once();
    a_fifo_is_written_in_place();
    a_dangling_link_leads_to_the_file();
    what_is_no_file_is_never_replaced();
    a_full_disk_is_told_as_such();
    one_file_has_many_names();
    return finish();
}
