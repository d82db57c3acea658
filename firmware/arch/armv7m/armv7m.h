/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers of ARMv7-M that the firmware uses, and the instructions that C has no words for.
 *
 * Register names and bits: ARMv7-M Architecture Reference Manual, section B3.
 */
#ifndef AMP_FIRMWARE_ARMV7M_H
#define AMP_FIRMWARE_ARMV7M_H

#include <stdint.h>

#define AMP_REG32(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* system control block */
#define SCB_ICSR  AMP_REG32(0xe000ed04)
#define SCB_VTOR  AMP_REG32(0xe000ed08)
#define SCB_CCR   AMP_REG32(0xe000ed14)
#define SCB_SHPR3 AMP_REG32(0xe000ed20)
#define SCB_SHCSR AMP_REG32(0xe000ed24)
#define SCB_CFSR  AMP_REG32(0xe000ed28)
#define SCB_HFSR  AMP_REG32(0xe000ed2c)
#define SCB_DFSR  AMP_REG32(0xe000ed30)
#define SCB_MMFAR AMP_REG32(0xe000ed34)
#define SCB_BFAR  AMP_REG32(0xe000ed38)
#define SCB_AFSR  AMP_REG32(0xe000ed3c)

#define CCR_DIV_0_TRP     (1u << 4)
#define SHCSR_MEMFAULTENA (1u << 16)
#define SHCSR_BUSFAULTENA (1u << 17)
#define SHCSR_USGFAULTENA (1u << 18)

#define CFSR_MEMFAULT   0x000000ffu
#define CFSR_IACCVIOL   (1u << 0) /**< MPU refused an instruction */
#define CFSR_MSTKERR    (1u << 4) /**< MPU refused to stack the registers: there is no exception frame */
#define CFSR_MMARVALID  (1u << 7)
#define CFSR_BUSFAULT   0x0000ff00u
#define CFSR_STKERR     (1u << 12) /**< bus error while stacking the registers: there is no exception frame */
#define CFSR_BFARVALID  (1u << 15)
#define CFSR_UNDEFINSTR (1u << 16)
#define CFSR_INVSTATE   (1u << 17)
#define CFSR_INVPC      (1u << 18)
#define CFSR_NOCP       (1u << 19)
#define CFSR_UNALIGNED  (1u << 24)
#define CFSR_DIVBYZERO  (1u << 25)

/* SysTick */
#define SYST_CSR AMP_REG32(0xe000e010)
#define SYST_RVR AMP_REG32(0xe000e014)
#define SYST_CVR AMP_REG32(0xe000e018)

#define SYST_CSR_ENABLE    (1u << 0)
#define SYST_CSR_TICKINT   (1u << 1)
#define SYST_CSR_CLKSOURCE (1u << 2) /**< the core's own clock */

/* interrupt controller */
#define NVIC_ISER(n)   AMP_REG32(0xe000e100 + 4 * (n))
#define NVIC_ICER(n)   AMP_REG32(0xe000e180 + 4 * (n))
#define NVIC_IPR8(irq) (*(volatile uint8_t *)(uintptr_t)(0xe000e400 + (irq)))

/* MPU */
#define MPU_TYPE AMP_REG32(0xe000ed90)
#define MPU_CTRL AMP_REG32(0xe000ed94)
#define MPU_RNR  AMP_REG32(0xe000ed98)
#define MPU_RBAR AMP_REG32(0xe000ed9c)
#define MPU_RASR AMP_REG32(0xe000eda0)

#define MPU_CTRL_ENABLE     (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2) /**< outside of all regions, access is as without an MPU */

/** Numbers of exceptions in IPSR. */
enum armv7m_exception {
	ARMV7M_NMI = 2,
	ARMV7M_HARDFAULT = 3,
	ARMV7M_MEMMANAGE = 4,
	ARMV7M_BUSFAULT = 5,
	ARMV7M_USAGEFAULT = 6,
	ARMV7M_SYSTICK = 15,
};

/** Lower than the configurable faults, so that a fault in an interrupt handler is not escalated to a HardFault. */
#define ARMV7M_PRIORITY_IRQ 0x80u

static inline void armv7m_barrier(void)
{
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}

static inline uint32_t armv7m_ipsr(void)
{
	uint32_t ipsr;

	__asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
	return ipsr & 0x1ff;
}

#endif
