/* SPDX-License-Identifier: MIT */
/* Where reports go: whole or not at all, and refused before the run. */
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
        check_failures = 0;     /* root may write anywhere: be another */
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
    fd = open(path, O_RDONLY | O_NONBLOCK);
    CHECK_INT(sink_open(&s, path), 0);
    fputs("bytes", s.out);
    CHECK_INT(sink_commit(&s), 0);
    CHECK_INT(read(fd, got, sizeof got - 1), 5);
    CHECK_STR(got, "bytes");
    (void)close(fd);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    a_file_appears_whole_or_not_at_all();
    a_symbolic_link_stays_one();
    what_cannot_be_written_is_refused_at_once();
    a_fifo_is_written_in_place();
    return finish();
}
