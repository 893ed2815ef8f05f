#ifndef TOCSIN_CCURL_H
#define TOCSIN_CCURL_H

#include <stddef.h>

// libcurl's option setters are variadic, which Swift cannot call. This shim sends one mail with one call and keeps the connection for the next.

typedef struct tocsin_smtp tocsin_smtp;

enum tocsin_smtp_tls { TOCSIN_SMTP_TLS_OFF = 0, TOCSIN_SMTP_TLS_IF_OFFERED = 1, TOCSIN_SMTP_TLS_REQUIRED = 2 };

struct tocsin_smtp_mail {
    const char *url;           // smtp://host:port/greeting-name or smtps://…
    const char *user;          // NULL: no AUTH
    const char *password;
    const char *ca_file;       // NULL: the system's certificates
    enum tocsin_smtp_tls tls;  // STARTTLS, for smtp://
    const char *from;          // envelope addresses, without brackets
    const char *recipient;
    const char *content;       // headers and body with CRLF line ends; libcurl does the dot-stuffing
    size_t content_length;
    long connect_milliseconds;
    long total_milliseconds;
};

struct tocsin_smtp_answer {
    int curl_code;         // CURLcode, 0 when the server took the mail
    long reply_code;       // the server's last reply, 0 when there was none
    long uploaded;         // bytes of content that left this machine
    long connections;      // new connections this mail needed: 0 when one was reused
    char reply[160];       // the server's last reply line
};

// One easy handle; not to be used from two threads at a time.
tocsin_smtp *tocsin_smtp_new(void);
void tocsin_smtp_free(tocsin_smtp *);
void tocsin_smtp_send(tocsin_smtp *, const struct tocsin_smtp_mail *, struct tocsin_smtp_answer *);

// To be called once, before the first handle is made and while there is one thread.
int tocsin_curl_global_init(void);

#endif
