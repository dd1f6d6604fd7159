/*
 * tls_pem.h: certificates and keys of tests, as the texts of PEM files. They
 * protect nothing.
 */
#ifndef TEST_SUPPORT_TLS_PEM_H
#define TEST_SUPPORT_TLS_PEM_H

#include "io/tls_context.h"

/* As if they had been read from server.pem and key.pem. */
static inline tls_pem tls_pem_of(str certificate, str key) {
    return (tls_pem){.names = {STR_INIT("server.pem"), STR_INIT("key.pem")},
                     .certificate = certificate,
                     .key = key};
}

/* /CN=localhost, until 2126. */
#define TLS_PEM_CERTIFICATE                                                    \
    "-----BEGIN CERTIFICATE-----\n"                                            \
    "MIIBmzCCAUGgAwIBAgIUaiA+Zx4ZkELUptTUEYlZE8KoenMwCgYIKoZIzj0EAwIw\n"       \
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDIwMjExMFoYDzIxMjYxMDI3\n"       \
    "MjAyMTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"       \
    "PQMBBwNCAAQMc5+aEF01b82BHlXOjaBlNnTlzBnfT5iSt5LHxEdNiLXHq5+6kNkp\n"       \
    "yTC9zQzvR7YGaAhbDvO8b/ltsg5ZBsIdo28wbTAdBgNVHQ4EFgQURSiTlPPjPy3X\n"       \
    "1Z9wyskLJpauOEcwHwYDVR0jBBgwFoAURSiTlPPjPy3X1Z9wyskLJpauOEcwDwYD\n"       \
    "VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI\n"       \
    "zj0EAwIDSAAwRQIhAP7f1sYlSGiQeUZiEh0lP9ZcvpJFs5paevSL+eY5nyKJAiBT\n"       \
    "vefs37qqmteNnoRUKuCQITmCSgmQeZm2H3rmjpCxHQ==\n"                           \
    "-----END CERTIFICATE-----\n"

/* /CN=expired, in 2020, of the same key. */
#define TLS_PEM_EXPIRED                                                        \
    "-----BEGIN CERTIFICATE-----\n"                                            \
    "MIIBCzCBsgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMB4XDTIw\n"       \
    "MDEwMTAwMDAwMFoXDTIwMDIwMTAwMDAwMFowEjEQMA4GA1UEAwwHZXhwaXJlZDBZ\n"       \
    "MBMGByqGSM49AgEGCCqGSM49AwEHA0IABAxzn5oQXTVvzYEeVc6NoGU2dOXMGd9P\n"       \
    "mJK3ksfER02Itcern7qQ2SnJML3NDO9HtgZoCFsO87xv+W2yDlkGwh0wCgYIKoZI\n"       \
    "zj0EAwIDSAAwRQIgFcLp+E2O48SH80ZUF1M6gQOhJah6g7ifuzJMvzT7quICIQDl\n"       \
    "tHmDTqJteZ+SbMB3BKWrZS82uwRoKoLyM6DnMpUrPQ==\n"                           \
    "-----END CERTIFICATE-----\n"

#define TLS_PEM_KEY                                                            \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghw029OQPWlTRCV4F\n"       \
    "GbiwWsBqtgdEQ15vx3heZRDaeMahRANCAAQMc5+aEF01b82BHlXOjaBlNnTlzBnf\n"       \
    "T5iSt5LHxEdNiLXHq5+6kNkpyTC9zQzvR7YGaAhbDvO8b/ltsg5ZBsId\n"               \
    "-----END PRIVATE KEY-----\n"

#define TLS_PEM_OTHER_KEY                                                      \
    "-----BEGIN PRIVATE KEY-----\n"                                            \
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeNr/iOYd0KL20hX2\n"       \
    "9dnXVSZfBaHPBIqCljtqotKm8cqhRANCAASRiODZ/gZRsg/7KLe6OTyb0K6z9giS\n"       \
    "c9gGO7imYYLd2t+W7TAMBb6E5Ylh20aThqU8Kh+vEcrwevy9E6D2wk1T\n"               \
    "-----END PRIVATE KEY-----\n"

#define TLS_PEM_ENCRYPTED_KEY                                                  \
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"                                  \
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhAzyEFOwVISwICCAAw\n"       \
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEHQrZUB0JR0PWMsYs1NcuxYEgZCk\n"       \
    "C4+jZaG/1L1mKkZ8usWONgDiLE/dkt23I0CF7BDvLt9vF5Svfpc+iOIMe5t9ZMJj\n"       \
    "Ov5fG3vrL8Qimxw2Qa1n4g8vE5fFM4L+IQPXXvkGdNbINaA7JFG+ABT28Eyyjsf1\n"       \
    "+JTpBEPCaa5JlobcFKSFgw7jRDe1ZPui0kayIIbJpSalVyIw8K/9oz4wslCDWDQ=\n"       \
    "-----END ENCRYPTED PRIVATE KEY-----\n"

#endif
