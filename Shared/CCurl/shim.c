#include "CCurl.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct tocsin_smtp {
    CURL *easy;
    const char *next;
    size_t left;
    char *last_line;
    size_t last_line_size;
};

int tocsin_curl_global_init(void) { return (int)curl_global_init(CURL_GLOBAL_DEFAULT); }

tocsin_smtp *tocsin_smtp_new(void) {
    tocsin_smtp *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->easy = curl_easy_init();
    if (session->easy == NULL) {
        free(session);
        return NULL;
    }
    return session;
}

void tocsin_smtp_free(tocsin_smtp *session) {
    if (session == NULL) return;
    curl_easy_cleanup(session->easy);
    free(session);
}

static size_t give(char *buffer, size_t size, size_t count, void *context) {
    tocsin_smtp *session = context;
    size_t room = size * count;
    size_t length = session->left < room ? session->left : room;
    memcpy(buffer, session->next, length);
    session->next += length;
    session->left -= length;
    return length;
}

// Called with each line the server says; the last one stands.
static size_t hear(char *line, size_t size, size_t count, void *context) {
    tocsin_smtp *session = context;
    size_t length = size * count;
    size_t kept = length < session->last_line_size - 1 ? length : session->last_line_size - 1;
    memcpy(session->last_line, line, kept);
    session->last_line[kept] = 0;
    return length;
}

void tocsin_smtp_send(tocsin_smtp *session, const struct tocsin_smtp_mail *mail, struct tocsin_smtp_answer *answer) {
    CURL *easy = session->easy;
    memset(answer, 0, sizeof *answer);
    curl_easy_reset(easy);  // options only; the connection stays open
    struct curl_slist *recipients = curl_slist_append(NULL, mail->recipient);
    if (recipients == NULL) {
        answer->curl_code = CURLE_OUT_OF_MEMORY;
        return;
    }
    session->next = mail->content;
    session->left = mail->content_length;
    session->last_line = answer->reply;
    session->last_line_size = sizeof answer->reply;

    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_URL, mail->url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, mail->connect_milliseconds);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, mail->total_milliseconds);
    if (mail->user != NULL) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password);
    }
    if (mail->ca_file != NULL) curl_easy_setopt(easy, CURLOPT_CAINFO, mail->ca_file);
    long use_ssl[] = {CURLUSESSL_NONE, CURLUSESSL_TRY, CURLUSESSL_ALL};
    curl_easy_setopt(easy, CURLOPT_USE_SSL, use_ssl[mail->tls]);
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy, CURLOPT_READDATA, session);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, session);

    answer->curl_code = (int)curl_easy_perform(easy);
    curl_off_t uploaded = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->reply_code);
    curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &answer->connections);
    answer->uploaded = (long)uploaded;
    curl_slist_free_all(recipients);
}
