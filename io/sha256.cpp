#include "io/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "host/core/error.hpp"

namespace gateless::io {
namespace {

/// One digest in the making.
class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
  }
  void add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) fail();
  }
  [[nodiscard]] std::string text() {
    std::array<unsigned char, 32> bytes{};
    unsigned int length = 0;
    if (EVP_DigestFinal_ex(context_.get(), bytes.data(), &length) != 1) fail();
    std::string digits;
    for (const unsigned char byte : bytes) digits += fmt::format("{:02x}", byte);
    return digits;
  }

 private:
  [[noreturn]] static void fail() {
    throw DeviceError(
        "SHA-256 is not available from OpenSSL (it identifies input files); check the "
        "OpenSSL configuration of this machine");
  }
  struct Freer {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Freer> context_;
};

struct Closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

}  // namespace

std::string sha256_of_text(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.text();
}

std::string sha256_of_values(const std::vector<std::vector<float>>& values) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::size_t kBlockEvents = 8192;
  const std::size_t channels = values.size();
  const std::size_t events = values.empty() ? 0 : values.front().size();
  Digest digest;
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

std::string sha256_of_file(const std::string& path) {
  const auto fail = [&path](int reason) {
    throw InputError(
        fmt::format("{}: cannot be read: {} (its checksum is part of the record); check the "
                    "path and its permissions",
                    path, std::strerror(reason)));
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rb"));
  if (!file) fail(errno);
  Digest digest;
  std::vector<char> block(std::size_t{1} << 20U);
  while (const std::size_t bytes = std::fread(block.data(), 1, block.size(), file.get())) {
    digest.add({block.data(), bytes});
  }
  if (std::ferror(file.get()) != 0) fail(errno);
  return digest.text();
}

}  // namespace gateless::io
