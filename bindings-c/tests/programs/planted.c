/* Two faults that whoever watches this program has to find: ./planted leak, and
   ./planted use_after_free. */
#include "check.h"

int main(int argc, char **argv) {
    CHECK(argc == 2);
    pm_options *options = pm_options_new();
    pm_options_set_api_key(options, "key");
    if (strcmp(argv[1], "use_after_free") == 0) {
        /* No compiler sees that it is the same. */
        pm_options *volatile freed = options;
        pm_options_free(options);
        pm_client *client = NULL;
        if (pm_client_new(freed, &client, NULL) != PM_OK)
            return 0;
        pm_client_free(client);
    }
    options = NULL;
    return 0;
}
