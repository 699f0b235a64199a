#include "host/storage/session_keys.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace host::storage {
namespace {

constexpr std::int32_t kFewestBits = 40;

// What Java's key generators make by default.
constexpr std::array<std::pair<std::string_view, std::size_t>, 6> kBytes{{{"HmacMD5", 64},
                                                                          {"HmacSHA1", 64},
                                                                          {"HmacSHA224", 28},
                                                                          {"HmacSHA256", 32},
                                                                          {"HmacSHA384", 48},
                                                                          {"HmacSHA512", 64}}};

Result<std::size_t> bytes_of(const SessionKeySettings &settings) {
  const auto known =
      std::ranges::find(kBytes, settings.algorithm, &decltype(kBytes)::value_type::first);
  if (known == kBytes.end())
    return fail(Code::Config, exception::kConfig,
                fmt::format("Unable to create key generator with algorithm {}: use one of HmacMD5, "
                            "HmacSHA1, HmacSHA224, HmacSHA256, HmacSHA384, HmacSHA512 for "
                            "inter.worker.key.generation.algorithm",
                            settings.algorithm));
  if (!settings.size_bits)
    return known->second;
  if (*settings.size_bits < kFewestBits)
    return fail(Code::Config, exception::kConfig,
                fmt::format("Unable to create key generator with algorithm {} and key size {}: "
                            "inter.worker.key.size must be at least {} bits",
                            settings.algorithm, *settings.size_bits, kFewestBits));
  return (static_cast<std::size_t>(*settings.size_bits) + 7) / 8;
}

Result<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t got = ::getrandom(bytes.data() + filled, count - filled, 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail(Code::Io, fmt::format("no random numbers: {}", std::strerror(errno)));
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

} // namespace

Result<SessionKey> generate_session_key(const SessionKeySettings &settings, std::int64_t now_ms) {
  SessionKey key{.secret = {}, .algorithm = settings.algorithm, .created_at_ms = now_ms};
  HOST_ASSIGN(const std::size_t bytes, bytes_of(settings));
  HOST_ASSIGN(key.secret, random_bytes(bytes));
  return key;
}

std::optional<std::int64_t> session_key_expiry(const std::optional<SessionKey> &key,
                                               const SessionKeySettings &settings) {
  if (!key || key->algorithm != settings.algorithm)
    return 0;
  if (const auto bytes = bytes_of(settings); bytes && *bytes != key->secret.size())
    return 0;
  if (settings.ttl_ms <= 0)
    return std::nullopt;
  return key->created_at_ms + settings.ttl_ms;
}

} // namespace host::storage
