#pragma once

#include <openssl/ssl.h>

#include "host/base/error.h"
#include "host/wire/security.h"

namespace host::wire {

// Puts authorities, certificate, key and ciphers of the settings into a client's context. Reads
// their files; a Config error names the Java key whose value is wrong.
Status set_up_context(SSL_CTX *context, const TlsSettings &settings);

// OpenSSL's oldest pending error as text; clears the queue.
std::string take_openssl_error();

} // namespace host::wire
