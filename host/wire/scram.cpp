#include "host/wire/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "host/data/base64.h"

namespace host::wire {
namespace {

// Kafka's lowest, and far beyond Kafka's highest: what a liar may make us compute.
constexpr int kLeastIterations = 4096;
constexpr int kMostIterations = 200'000;

tl::unexpected<Error> refused(std::string_view why) {
  return fail(Code::Config, "org.apache.kafka.common.errors.SaslAuthenticationException",
              fmt::format("SCRAM: {}", why));
}

// `=` and `,` have a meaning of their own in SCRAM's messages.
std::string escape_name(std::string_view name) {
  std::string text;
  for (const char c : name)
    if (c == '=')
      text += "=3D";
    else if (c == ',')
      text += "=2C";
    else
      text += c;
  return text;
}

// The value of the attribute `name`, of `r=…,s=…,i=…`.
std::optional<std::string_view> attribute(std::string_view message, char name) {
  while (!message.empty()) {
    const auto comma = std::min(message.find(','), message.size());
    const std::string_view item = message.substr(0, comma);
    message.remove_prefix(std::min(comma + 1, message.size()));
    if (item.size() >= 2 && item[0] == name && item[1] == '=')
      return item.substr(2);
  }
  return std::nullopt;
}

std::string base64(std::string_view bytes) {
  std::string text;
  data::append_base64(text, bytes);
  return text;
}

std::string random_nonce() {
  unsigned char bytes[24];
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    return {};
  return base64({reinterpret_cast<const char *>(bytes), sizeof bytes});
}

class ScramClient final : public SaslClient {
public:
  ScramClient(ScramHash hash, std::string user, std::string password, std::string nonce)
      : digest_(hash == ScramHash::Sha256 ? EVP_sha256() : EVP_sha512()),
        password_(std::move(password)), nonce_(nonce.empty() ? random_nonce() : std::move(nonce)),
        first_bare_("n=" + escape_name(user) + ",r=" + nonce_) {}

  Result<std::string> first() override {
    if (nonce_.empty())
      return fail(Code::Internal, "SCRAM: OpenSSL gives no random numbers");
    return "n,," + first_bare_;
  }

  Result<std::optional<std::string>> answer(std::string_view challenge) override {
    switch (step_++) {
    case 0:
      return prove(challenge);
    case 1:
      HOST_TRY(check(challenge));
      return std::nullopt;
    default:
      return std::nullopt;
    }
  }

private:
  Result<std::optional<std::string>> prove(std::string_view challenge) {
    const auto nonce = attribute(challenge, 'r');
    const auto salt_text = attribute(challenge, 's');
    const auto count = attribute(challenge, 'i');
    if (!nonce || !salt_text || !count)
      return refused("the broker's first message is malformed");
    if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size())
      return refused("the broker's nonce does not continue this worker's");
    std::string salt;
    int iterations = 0;
    const auto end = count->data() + count->size();
    const auto parsed = std::from_chars(count->data(), end, iterations);
    if (!data::decode_base64(*salt_text, salt) || salt.empty() || parsed.ec != std::errc() ||
        parsed.ptr != end)
      return refused("the broker's first message is malformed");
    if (iterations < kLeastIterations || iterations > kMostIterations)
      return refused(fmt::format("the broker asks for {} iterations, not for {} to {}", iterations,
                                 kLeastIterations, kMostIterations));
    const std::string salted = salted_password(salt, iterations);
    const std::string client_key = hmac(salted, "Client Key");
    const std::string last_bare = fmt::format("c=biws,r={}", *nonce);
    const std::string signed_text = fmt::format("{},{},{}", first_bare_, challenge, last_bare);
    std::string proof = hmac(hash(client_key), signed_text);
    for (std::size_t i = 0; i < proof.size(); ++i)
      proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
    expected_ = hmac(hmac(salted, "Server Key"), signed_text);
    return fmt::format("{},p={}", last_bare, base64(proof));
  }

  // The broker must know the password too.
  Status check(std::string_view challenge) const {
    if (const auto error = attribute(challenge, 'e'))
      return refused(fmt::format("the broker says '{}'", *error));
    const auto text = attribute(challenge, 'v');
    std::string signature;
    if (!text || !data::decode_base64(*text, signature) || signature.size() != expected_.size() ||
        CRYPTO_memcmp(signature.data(), expected_.data(), expected_.size()) != 0)
      return refused("the broker cannot prove that it knows the password");
    return {};
  }

  std::string salted_password(std::string_view salt, int iterations) const {
    std::string key(static_cast<std::size_t>(EVP_MD_get_size(digest_)), '\0');
    PKCS5_PBKDF2_HMAC(password_.data(), static_cast<int>(password_.size()),
                      reinterpret_cast<const unsigned char *>(salt.data()),
                      static_cast<int>(salt.size()), iterations, digest_,
                      static_cast<int>(key.size()), reinterpret_cast<unsigned char *>(key.data()));
    return key;
  }

  std::string hmac(std::string_view key, std::string_view text) const {
    unsigned char result[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(digest_, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char *>(text.data()), text.size(), result, &size);
    return {reinterpret_cast<const char *>(result), size};
  }

  std::string hash(std::string_view text) const {
    unsigned char result[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), result, &size, digest_, nullptr);
    return {reinterpret_cast<const char *>(result), size};
  }

  const EVP_MD *const digest_;
  const std::string password_;
  const std::string nonce_;
  const std::string first_bare_;
  std::string expected_; // the broker's proof
  int step_ = 0;
};

} // namespace

std::unique_ptr<SaslClient> make_scram_client(ScramHash hash, std::string user,
                                              std::string password, std::string nonce) {
  return std::make_unique<ScramClient>(hash, std::move(user), std::move(password),
                                       std::move(nonce));
}

} // namespace host::wire
