/* A sandbox that shows its inbox as it is told, until standard input ends. */
#include "check.h"

int main(int argc, char **argv) {
    pm_sandbox *sandbox = NULL;
    pm_error *error = NULL;
    if (pm_sandbox_start(argc > 1 ? argv[1] : NULL, &sandbox, &error) != PM_OK) {
        fprintf(stderr, "%s: %s\n", pm_error_field(error), pm_error_message(error));
        pm_error_free(error);
        return 1;
    }
    puts(pm_sandbox_url(sandbox));
    fflush(stdout);
    while (getchar() != EOF)
        ;
    pm_sandbox_free(sandbox);
    return 0;
}
