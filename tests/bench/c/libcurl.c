/* The peer: a libcurl easy handle that is kept, and cJSON for both ways. */
#include <cjson/cJSON.h>
#include <curl/curl.h>

#include "measure.h"

struct answer {
    char *text;
    size_t length;
};

static size_t collect(char *data, size_t size, size_t count, void *into) {
    struct answer *answer = into;
    char *text = realloc(answer->text, answer->length + size * count + 1);
    if (!text) return 0;
    memcpy(text + answer->length, data, size * count);
    answer->text = text;
    answer->length += size * count;
    text[answer->length] = '\0';
    return size * count;
}

static char *written(const char *content) {
    cJSON *envelope = cJSON_CreateObject();
    cJSON *request = cJSON_AddObjectToObject(envelope, "request");
    cJSON_AddStringToObject(request, "channel", "SMS");
    cJSON_AddStringToObject(request, "to", TO);
    cJSON_AddStringToObject(request, "content", content);
    char *text = cJSON_PrintUnformatted(envelope);
    cJSON_Delete(envelope);
    if (!text) die("no memory");
    return text;
}

static void check(const struct answer *answer) {
    cJSON *envelope = cJSON_ParseWithLength(answer->text, answer->length);
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(envelope, "data");
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(data, "messageId");
    if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(envelope, "success"))) die("refused");
    if (!cJSON_IsString(id) || strcmp(id->valuestring, MESSAGE_ID) != 0) die("another message id");
    cJSON_Delete(envelope);
}

static void send_one(const struct job *job, void *with) {
    CURL *curl = with;
    struct answer answer = {NULL, 0};
    char *body = written(job->content);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) die(curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) die("another status than 200");
    check(&answer);
    free(answer.text);
    free(body);
}

int main(int argc, char **argv) {
    struct job job = job_of(argc, argv);
    char url[512];
    snprintf(url, sizeof url, "%s/partner/message/send", job.url);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) die("libcurl can't be set up");
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "x-api-key: " KEY);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    if (job.ca) curl_easy_setopt(curl, CURLOPT_CAINFO, job.ca);
    measure(&job, send_one, curl);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    free(job.content);
    return 0;
}
