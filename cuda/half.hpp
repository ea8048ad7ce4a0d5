// float16 as the tensor cores take it, with the same bits from host and device.
#pragma once

#include <cstdint>
#ifdef __CUDACC__
#include <cuda_fp16.h>
#endif
#ifndef __CUDA_ARCH__
#include <bit>
#endif

#include "host/core/portable_math.hpp"  // GATELESS_HOST_DEVICE

namespace gateless::cuda {

GATELESS_HOST_DEVICE inline std::uint32_t bits_of(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  return std::bit_cast<std::uint32_t>(value);
#endif
}
GATELESS_HOST_DEVICE inline float float_of(std::uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  return std::bit_cast<float>(bits);
#endif
}

/// The nearest float16, ties to even, as its 16 bits; infinity from 65520 on.
GATELESS_HOST_DEVICE inline std::uint32_t half_of(float value) {
#ifdef __CUDA_ARCH__
  return __half_as_ushort(__float2half_rn(value));
#else
  const std::uint32_t sign = bits_of(value) >> 16U & 0x8000U;
  const float size = float_of(bits_of(value) & 0x7FFFFFFFU);
  if (size != size) return 0x7FFFU;
  if (size >= 65520.0F) return sign | 0x7C00U;
  if (size < 0x1p-14F) {  // subnormal: adding 2^-1 rounds to its unit, 2^-24
    return sign | (bits_of(size + 0.5F) - bits_of(0.5F));
  }
  const std::uint32_t bits = bits_of(size);
  const std::uint32_t rounded = bits + 0xFFFU + (bits >> 13U & 1U);
  return sign | ((rounded >> 13U) - (112U << 10U));
#endif
}

GATELESS_HOST_DEVICE inline float value_of_half(std::uint32_t half) {
#ifdef __CUDA_ARCH__
  return __half2float(__ushort_as_half(static_cast<unsigned short>(half)));
#else
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  const std::uint32_t size = half & 0x7FFFU;
  if (size < 0x400U) return float_of(sign | bits_of(static_cast<float>(size) * 0x1p-24F));
  if (size >= 0x7C00U) return float_of(sign | 0x7F800000U | (size & 0x3FFU) << 13U);
  return float_of(sign | ((size << 13U) + (112U << 23U)));
#endif
}

/// Two float16 in a word, as operands of tensor cores hold them: the first is the lower half.
GATELESS_HOST_DEVICE inline std::uint32_t half_pair_of(float first, float second) {
#ifdef __CUDA_ARCH__
  const __half2 pair = __floats2half2_rn(first, second);
  return *reinterpret_cast<const std::uint32_t*>(&pair);
#else
  return half_of(first) | half_of(second) << 16U;
#endif
}
GATELESS_HOST_DEVICE inline float first_of_pair(std::uint32_t pair) {
#ifdef __CUDA_ARCH__
  return __low2float(*reinterpret_cast<const __half2*>(&pair));
#else
  return value_of_half(pair & 0xFFFFU);
#endif
}
GATELESS_HOST_DEVICE inline float second_of_pair(std::uint32_t pair) {
#ifdef __CUDA_ARCH__
  return __high2float(*reinterpret_cast<const __half2*>(&pair));
#else
  return value_of_half(pair >> 16U);
#endif
}

}  // namespace gateless::cuda
