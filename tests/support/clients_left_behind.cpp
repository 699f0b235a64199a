// Some tests leave a Kafka client in memory, as a plugin that does not release its records makes
// the host do. Its threads live to the end of the process; OpenSSL must not be taken down under
// them. Worker and runners end by _exit for the same reason.

#include <openssl/crypto.h>

namespace {

[[maybe_unused]] const int kNoCleanUp = OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);

} // namespace
