#include "io/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "host/core/error.hpp"
#include "io/byte_source.hpp"

namespace gateless::io {
namespace {

[[noreturn]] void fail() {
  throw DeviceError(
      "SHA-256 is not available from OpenSSL (it identifies input files); check the "
      "OpenSSL configuration of this machine");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
}

void Sha256::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) fail();
}

std::string Sha256::text() {
  std::array<unsigned char, 32> bytes{};
  unsigned int length = 0;
  if (EVP_DigestFinal_ex(context_.get(), bytes.data(), &length) != 1) fail();
  std::string digits;
  for (const unsigned char byte : bytes) digits += fmt::format("{:02x}", byte);
  return digits;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

void FileDigest::see(std::uint64_t position, std::string_view bytes) {
  if (position > seen_ || position + bytes.size() <= seen_) return;
  bytes.remove_prefix(seen_ - position);
  digest_.add(bytes);
  seen_ += bytes.size();
}

std::string FileDigest::finish(const std::string& path) {
  constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << 20U;
  const ByteSource source(path);
  std::string block;
  while (seen_ < source.size()) {
    block.resize(std::min(kBlockBytes, source.size() - seen_));
    source.read(seen_, block);
    see(seen_, block);
  }
  return digest_.text();
}

std::string sha256_of_text(std::string_view text) {
  Sha256 digest;
  digest.add(text);
  return digest.text();
}

std::string sha256_of_values(const std::vector<std::vector<float>>& values) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::size_t kBlockEvents = 8192;
  const std::size_t channels = values.size();
  const std::size_t events = values.empty() ? 0 : values.front().size();
  Sha256 digest;
  std::vector<float> block;
  for (std::size_t first = 0; first < events; first += kBlockEvents) {
    const std::size_t count = std::min(kBlockEvents, events - first);
    block.resize(count * channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t event = 0; event < count; ++event) {
        const float value = values[channel][first + event];
        block[event * channels + channel] =
            std::isnan(value) ? std::numeric_limits<float>::quiet_NaN() : value;
      }
    }
    digest.add({reinterpret_cast<const char*>(block.data()), block.size() * sizeof(float)});
  }
  return digest.text();
}

std::string sha256_of_file(const std::string& path) { return FileDigest().finish(path); }

}  // namespace gateless::io
