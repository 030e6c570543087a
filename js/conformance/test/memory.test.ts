import { against } from './against'

against(async () => [])
