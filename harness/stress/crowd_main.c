/* SPDX-License-Identifier: MIT */
/* The clients' own executable: small and static, since it is forked once for
   each client. This process forks them and waits. */
#include "client/crowd_plan.h"
#include "stress/crowd_client.h"
#include "stress/crowd_gate.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crowd_plan *plan;

/* Never more handshakes under way than the listen queue has room for: a
   dropped SYN costs a second, which is TCP's doing and not the server's. */
static void wait_for_room(uint32_t forked)
{
    uint32_t served;

    while (forked - (served = gate_load(&plan->served)) >= plan->room)
        gate_wait(&plan->served, served);
}

/* A client ends with this process, which ends with the harness: crowd.c. */
static void client_main(uint32_t i, pid_t leader)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != leader)
        _exit(1); /* it has ended before */
    crowd_client(plan, i);
}

static void fork_clients(void)
{
    pid_t leader = getpid();

    plan->first_ns = crowd_now_ns();
    for (uint32_t i = 0; i < crowd_total(plan); i++) {
        pid_t pid;

        wait_for_room(i);
        pid = fork();
        if (pid == 0)
            client_main(i, leader);
        if (pid < 0) {
            plan->fork_error = (uint32_t)errno;
            return;
        }
        plan->slot[i].pid = pid;
        plan->forked++;
    }
}

/* Note a client that was killed: it has not done what the others wait for. */
static void note_end(pid_t pid, int status)
{
    if (!WIFSIGNALED(status) || plan->killed_by)
        return;
    plan->killed_pid = pid;
    __atomic_store_n(&plan->killed_by, (uint32_t)WTERMSIG(status),
                     __ATOMIC_RELEASE);
}

/* SIGCHLD: reap until the gate to leave is open. Few clients end before. */
static void on_end(int sig)
{
    int status, saved = errno;
    pid_t pid;

    (void)sig;
    while (!gate_load(&plan->leave) &&
           (pid = waitpid(-1, &status, WNOHANG)) > 0)
        note_end(pid, status);
    errno = saved;
}

/* Wait for each in the order of birth: to wait for whichever ends next makes
   the kernel walk over all that live, each time. */
static void wait_for_clients(void)
{
    int status;

    gate_pass(&plan->leave);
    for (uint32_t i = 0; i < plan->forked; i++) {
        pid_t pid = plan->slot[i].pid, ended;

        while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
            ;
        if (ended == pid) /* on_end() has not reaped it */
            note_end(pid, status);
    }
}

int main(void)
{
    struct sigaction end = { .sa_handler = on_end };
    struct stat st;

    if (fstat(CROWD_FD, &st) < 0)
        return 2;
    plan = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED,
                CROWD_FD, 0);
    if (plan == MAP_FAILED)
        return 2;
    (void)sigaction(SIGCHLD, &end, NULL);
    fork_clients();
    if (plan->fork_error)
        return 1; /* the harness ends those that were born */
    wait_for_clients();
    return 0;
}
