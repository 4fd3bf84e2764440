import { decompress } from 'fzstd'
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { parquetReadColumn } from 'hyparquet/src/read.js'
const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) }
export const metadata = (file, options) => parquetMetadataAsync(file, options)
export const rows = options => parquetReadObjects({ compressors, ...options })
export const column = options => parquetReadColumn({ compressors, ...options })
