// SHA-256, by which a run tells whether an input is still the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_md_ctx_st;  // of OpenSSL

namespace gateless::io {

/// One digest in the making.
class Sha256 {
 public:
  /// Errors: DeviceError where OpenSSL has no SHA-256.
  Sha256();
  void add(std::string_view bytes);
  /// 64 lower-case hexadecimal digits; nothing can be added any more.
  [[nodiscard]] std::string text();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Of a file that is read for something else: its bytes are taken as they come by, so that it is read once.
class FileDigest {
 public:
  /// Bytes of the file from `position` on; those that do not continue what came before are left for finish().
  void see(std::uint64_t position, std::string_view bytes);
  /// Reads what has not come by. Errors: InputError when the file cannot be read.
  [[nodiscard]] std::string finish(const std::string& path);
  /// So many bytes have come by, from the file's first on.
  [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }

 private:
  Sha256 digest_;
  std::uint64_t seen_ = 0;
};

/// As Sha256::text(). Errors: InputError when the file cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::string& path);
[[nodiscard]] std::string sha256_of_text(std::string_view text);
/// Of a table's values as little-endian 32-bit floats, event after event, every not-a-number as 7fc00000; `values` is
/// [channels][events]. In Python: hashlib.sha256(numpy.ascontiguousarray(x, "<f4")).hexdigest() for x[events][channels].
[[nodiscard]] std::string sha256_of_values(const std::vector<std::vector<float>>& values);

}  // namespace gateless::io
