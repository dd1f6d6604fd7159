#include "schema/secret_name.h"

#include "test/support/test.h"

static void knows_names_of_secrets(void **state) {
    (void)state;
    static const char *const NAMES[] = {
        "password",
        "passwordHash",
        "PASSWORD",
        "user_password",
        "clientSecret",
        "secret",
        "accessToken",
        "access_token",
        "refreshTokens",
        "tokenHash",
        "token",
        "apiKey",
        "api_key",
        "APIKey",
        "apikey",
        "privateKeyPem",
        "signing_key",
        "cvv",
        "totpSecret",
        "webhook-secret",
        "jwt",
        "smtpPassword",
        "credentials",
        "encryptionKey",
        "aVeryLongNameOfAColumnThatEndsInAPassword",
        "passwordOfTheUserAsItWasWhenTheyRegistered",
        "userpassword",
        "passwordhash",
        "accesstoken",
        "clientsecret",
        "myapikey",
        "pwd",
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (!secret_name_matches(str_of(NAMES[i])))
            fail_msg("%s is not taken for a secret", NAMES[i]);
}

static void leaves_other_names_alone(void **state) {
    (void)state;
    static const char *const NAMES[] = {
        "",           "name",        "tokenCount",  "passwordChangedAt",
        "tokenId",    "userTokenId", "key",         "primaryKey",
        "keyboard",   "secretary",   "tokenizer",   "credentialType",
        "passwordId", "_",           "accessLevel", "publicKey",
    };
    for (size_t i = 0; i < LENGTH(NAMES); i++)
        if (secret_name_matches(str_of(NAMES[i])))
            fail_msg("%s is taken for a secret", NAMES[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(knows_names_of_secrets),
        TEST(leaves_other_names_alone),
    };
    return cmocka_run_group_tests_name("schema/secret_name", tests, NULL, NULL);
}
