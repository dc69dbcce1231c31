/* SPDX-License-Identifier: MIT */
/* The command line that repeats a case. */
#include "report/test_sample.h"

/* Bash reads a quoted command as the words that were quoted. */
static void a_command_survives_the_shell(void)
{
    static char *const words[] = { "plain-word_1.2/3:4,5=6+7@8%9",
                                   "",
                                   "two words",
                                   "it's",
                                   "\"q\" `x`",
                                   "$HOME ${x} $(y)",
                                   "~",
                                   "{ip}",
                                   "a\\b",
                                   "*?[a]",
                                   "!x",
                                   "#c",
                                   "&|;<>()",
                                   "new\nline",
                                   "\033[31m\t\r\177",
                                   "\xff\x01"
                                   "2",
                                   "Gr\xc3\xbc\xc3\x9f"
                                   "e",
                                   "it's \\ and \x01",
                                   "-n",
                                   NULL };
    const char *path = in_directory("command.sh");
    char *quoted = report_command(words);
    FILE *script = fopen(path, "w");
    char shell[PATH_MAX + 80], word[256];
    FILE *in;

    CHECK(quoted && !strpbrk(quoted, "\n\r\t\033\177\001"));
    fprintf(script, "printf '%%s\\0' %s\n", quoted);
    (void)fclose(script);
    (void)snprintf(shell, sizeof shell, "bash '%s'", path);
    in = popen(shell, "r");
    for (size_t i = 0; words[i]; i++) {
        size_t n = 0;
        int c;

        while ((c = getc(in)) != EOF && c != '\0' && n < sizeof word - 1)
            word[n++] = (char)c;
        word[n] = '\0';
        CHECK_STR(word, words[i]);
    }
    CHECK_INT(getc(in), EOF);
    (void)pclose(in);
    free(quoted);
}

static void stress_replays_the_whole_run(void)
{
    static char *argv[] = { "harness", "stress", "--seed", "7", NULL };
    struct run_info info = info_of(MODE_STRESS);
    struct result r = hostile("load/own-bytes", VERDICT_FAIL);
    char *text;

    info.replay = argv;
    info.replay_selector = 4;
    text = report_replay(&info, &r);
    CHECK_STR(text, "harness stress --seed 7");
    free(text);
    info.mode = MODE_CONFORM;
    text = report_replay(&info, &r);
    CHECK_STR(text, "harness stress --seed 7 load/own-bytes");
    free(text);
    info.replay = NULL;
    CHECK(report_replay(&info, &r) == NULL);
    result_free(&r);
}

int main(int argc, char **argv)
{
    begin(argc, argv);
    a_command_survives_the_shell();
    stress_replays_the_whole_run();
    return finish();
}
