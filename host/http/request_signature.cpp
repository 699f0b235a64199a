#include "host/http/request_signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace host::http {
namespace {

const EVP_MD *digest_of(std::string_view algorithm) {
  if (algorithm == "HmacSHA256")
    return EVP_sha256();
  if (algorithm == "HmacSHA512")
    return EVP_sha512();
  if (algorithm == "HmacSHA384")
    return EVP_sha384();
  if (algorithm == "HmacSHA224")
    return EVP_sha224();
  if (algorithm == "HmacSHA1")
    return EVP_sha1();
  if (algorithm == "HmacMD5")
    return EVP_md5();
  return nullptr;
}

std::string mac_of(const EVP_MD *digest, std::string_view key, std::string_view body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char *>(body.data()), body.size(), mac.data(), &size);
  return {reinterpret_cast<const char *>(mac.data()), size};
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
                                   reinterpret_cast<const unsigned char *>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// As Java's decoder: padding may be left out as a whole, and its words for what is wrong.
Result<std::string> from_base64(std::string_view text) {
  if (text.size() == 1)
    return fail(Code::BadRequest, "Input byte[] should at least have 2 bytes for base64 bytes");
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '='; ++at) {
    const std::size_t digit = kAlphabet.find(text[at]);
    if (digit == std::string_view::npos)
      return fail(Code::BadRequest, fmt::format("Illegal base64 character {:x}",
                                                static_cast<unsigned char>(text[at])));
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++count < 4)
      continue;
    for (const int shift : {16, 8, 0})
      bytes += static_cast<char>(bits >> shift & 0xFF);
    bits = 0;
    count = 0;
  }
  if (count == 1)
    return fail(Code::BadRequest, "Last unit does not have enough valid bits");
  const std::string_view padding = text.substr(at);
  const std::string_view wanted = count == 2 ? "==" : count == 3 ? "=" : "";
  if (!padding.empty() && (wanted.empty() || !padding.starts_with(wanted)))
    return fail(Code::BadRequest, "Input byte array has wrong 4-byte ending unit");
  if (padding.size() > wanted.size())
    return fail(Code::BadRequest, fmt::format("Input byte array has incorrect ending byte at {}",
                                              at + wanted.size()));
  if (count == 2)
    bytes += static_cast<char>(bits >> 4 & 0xFF);
  if (count == 3) {
    bytes += static_cast<char>(bits >> 10 & 0xFF);
    bytes += static_cast<char>(bits >> 2 & 0xFF);
  }
  return bytes;
}

std::string listed(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

} // namespace

Result<std::string> sign(const SigningKey &key, std::string_view body) {
  const EVP_MD *digest = digest_of(key.algorithm);
  if (digest == nullptr)
    return fail(Code::Unsupported, "Algorithm " + key.algorithm + " not available");
  return to_base64(mac_of(digest, key.bytes, body));
}

Status check_form(const Signature &signature) {
  if (!signature.mac || !signature.algorithm)
    return {};
  if (digest_of(*signature.algorithm) == nullptr)
    return fail(Code::BadRequest, "Algorithm " + *signature.algorithm + " not available");
  HOST_ASSIGN(const std::string mac, from_base64(*signature.mac));
  return {};
}

Status verify(const Signature &signature, std::string_view body,
              const std::optional<std::string> &key, const std::vector<std::string> &allowed) {
  if (!signature.mac || !signature.algorithm)
    return fail(Code::BadRequest, "Internal request missing required signature");
  HOST_TRY(check_form(signature));
  if (std::find(allowed.begin(), allowed.end(), *signature.algorithm) == allowed.end())
    return fail(Code::BadRequest,
                "This worker does not support the '" + *signature.algorithm +
                    "' key signing algorithm used by other workers. This worker is currently "
                    "configured to use: [" +
                    listed(allowed) +
                    "]. Check that all workers' configuration files permit the same set of "
                    "signature algorithms, and correct any misconfigured worker and restart it.");
  if (!key)
    return fail(Code::Unavailable, "This worker is still starting up and has not been able to read "
                                   "a session key from the config topic yet");
  HOST_ASSIGN(const std::string given, from_base64(*signature.mac));
  const std::string right = mac_of(digest_of(*signature.algorithm), *key, body);
  if (right.size() != given.size() || CRYPTO_memcmp(right.data(), given.data(), right.size()) != 0)
    return fail(Code::Forbidden, "Internal request contained invalid signature.");
  return {};
}

} // namespace host::http
