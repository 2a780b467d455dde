/* The command line: all of it lies in the shared library. */

/* Not in the header: it is for this program alone, which comes with its library. */
int pm_run_command_line(int count, const char *const *arguments);

int main(int count, char **arguments) {
    return pm_run_command_line(count, (const char *const *)arguments);
}
