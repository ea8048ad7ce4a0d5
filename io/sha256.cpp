#include "io/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "host/core/error.hpp"

namespace gateless {
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
        "SHA-256 is not available from OpenSSL (inputs are told apart by it); check the "
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

}  // namespace gateless
