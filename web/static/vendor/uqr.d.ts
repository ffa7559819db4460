export function encode(data: string, options?: { border?: number; ecc?: 'L' | 'M' | 'Q' | 'H' }): { size: number; data: boolean[][] }
