#include "host/supervisor/environment.h"

#include <algorithm>
#include <string_view>

namespace host::supervisor {
namespace {

constexpr std::string_view kNames[] = {"PATH",
                                       "HOME",
                                       "USER",
                                       "LOGNAME",
                                       "LANG",
                                       "LANGUAGE",
                                       "TZ",
                                       "TMPDIR",
                                       "SSL_CERT_FILE",
                                       "SSL_CERT_DIR",
                                       "OPENSSL_CONF",
                                       "KRB5_CONFIG",
                                       "KRB5CCNAME",
                                       "KRB5_KTNAME",
                                       "LD_LIBRARY_PATH",
                                       "GLIBC_TUNABLES",
                                       "ASAN_OPTIONS",
                                       "LSAN_OPTIONS",
                                       "TSAN_OPTIONS",
                                       "UBSAN_OPTIONS",
                                       "GCOV_PREFIX",
                                       "GCOV_PREFIX_STRIP"};
constexpr std::string_view kPrefixes[] = {"LC_", "MALLOC_"};

} // namespace

std::vector<std::string> allowed_environment(const char *const *environment,
                                             const std::vector<std::string> &extra) {
  std::vector<std::string> result;
  for (; *environment != nullptr; ++environment) {
    const std::string_view line = *environment;
    const std::string_view name = line.substr(0, line.find('='));
    const bool listed = std::ranges::find(kNames, name) != std::end(kNames) ||
                        std::ranges::find(extra, name) != extra.end() ||
                        std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
                          return name.starts_with(prefix);
                        });
    if (listed)
      result.emplace_back(line);
  }
  return result;
}

} // namespace host::supervisor
